import { describe, expect, test } from "vitest";
import { toCodeRoot, toEntryPath } from "../../../src/kernel/entry-url.ts";
import { RegooseError, toErrno, toMessage } from "../../../src/kernel/errors.ts";
import { sha256, shortHash, toCanonicalJson } from "../../../src/kernel/hash.ts";

describe("hash", () => {
  test("is SHA-256", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(shortHash("abc")).toBe("ba7816bf8f01cfea");
    expect(shortHash("abc", 4)).toBe("ba78");
  });

  test("canonical JSON does not depend on the order of keys", () => {
    expect(toCanonicalJson({ b: 1, a: { d: [2, { f: 1, e: 2 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,{"e":2,"f":1}]},"b":1}',
    );
  });
});

describe("errors", () => {
  test("carry code, class, hint and cause", () => {
    const cause = new Error("root");
    const error = new RegooseError("Lost", "gone", {
      code: "RGS-0001",
      errorClass: "transient",
      hint: "retry",
      cause,
    });
    expect(error).toMatchObject({
      name: "Lost",
      code: "RGS-0001",
      retryable: true,
      hint: "retry",
      cause,
      details: {},
    });
  });

  test("are not retryable unless transient or told so", () => {
    expect(new RegooseError("A", "", { code: "RGS-0001", errorClass: "user" }).retryable).toBe(
      false,
    );
    expect(
      new RegooseError("A", "", { code: "RGS-0001", errorClass: "user", retryable: true })
        .retryable,
    ).toBe(true);
  });

  test("message and errno of anything thrown", () => {
    expect(toMessage("text")).toBe("text");
    expect(toMessage(new Error("words"))).toBe("words");
    expect(toErrno(Object.assign(new Error(), { code: "ENOENT" }))).toBe("ENOENT");
    expect(toErrno(Object.assign(new Error(), { code: 5 }))).toBeUndefined();
    expect(toErrno("text")).toBeUndefined();
    expect(toErrno(null)).toBeUndefined();
  });
});

describe("entry paths", () => {
  test("follow the extension of the running file", () => {
    expect(toEntryPath("file:///a/b/main.ts", "./child")).toBe("/a/b/child.ts");
    expect(toEntryPath("file:///a/b/main.js", "../c/child")).toBe("/a/c/child.js");
    expect(toCodeRoot().endsWith("/src")).toBe(true);
  });
});
