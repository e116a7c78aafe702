import { describe, expect, test } from "vitest";
import { toCodeRoot, toEntryPath } from "../../../src/kernel/entry-url.ts";
import { ERROR_ADVICE } from "../../../src/kernel/error-advice.ts";
import { listCauses, RegooseError, toErrno, toMessage } from "../../../src/kernel/errors.ts";
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
  test("take name and class from the table and carry what they are given", () => {
    const cause = new Error("root");
    const error = new RegooseError("RGS-7003", "gone", {
      hint: "retry",
      retryAfterMs: 250,
      correlationId: "sandbox#3",
      cause,
    });
    expect(error).toMatchObject({
      name: "SandboxProcessGone",
      code: "RGS-7003",
      errorClass: "transient",
      message: "gone",
      retryable: true,
      retryAfterMs: 250,
      sideEffect: "none",
      correlationId: "sandbox#3",
      hint: "retry",
      cause,
      details: {},
    });
  });

  test("have the advice of the table where the thrower knows no better", () => {
    expect(new RegooseError("RGS-1300", "").hint).toBe(ERROR_ADVICE["RGS-1300"].next);
  });

  test("are not retryable unless passing and without side effects, or told so", () => {
    expect(new RegooseError("RGS-1001", "").retryable).toBe(false);
    expect(new RegooseError("RGS-7003", "", { sideEffect: "maybe" }).retryable).toBe(false);
    expect(new RegooseError("RGS-1001", "", { retryable: true }).retryable).toBe(true);
  });

  test("list what lies below them, nearest first, without repeating a message", () => {
    const root = Object.assign(new Error("no room"), { code: "ENOSPC" });
    const below = new RegooseError("RGS-7010", "cannot write", { cause: root });
    const error = new RegooseError("RGS-7013", "cannot write", { cause: below });
    expect(listCauses(error)).toEqual([{ name: "Error", code: "ENOSPC", message: "no room" }]);
    expect(listCauses(below)).toEqual([{ name: "Error", code: "ENOSPC", message: "no room" }]);
    expect(listCauses(new Error("x", { cause: below }))).toMatchObject([
      { name: "RunFolderUnwritable", code: "RGS-7010" },
      { code: "ENOSPC" },
    ]);
    expect(listCauses(new Error("x", { cause: "text" }))).toEqual([
      { name: "string", code: null, message: "text" },
    ]);
  });

  test("list few and short causes, and end where these go in a circle", () => {
    const deep = Array.from({ length: 20 }, (_, index) => `${index} ${"x".repeat(2_000)}`).reduce(
      (cause, message) => new Error(message, { cause }),
      new Error("root"),
    );
    const causes = listCauses(deep);
    expect(causes).toHaveLength(5);
    expect(Math.max(...causes.map(({ message }) => message.length))).toBe(500);
    const loop = new Error("a");
    loop.cause = new Error("b", { cause: loop });
    expect(listCauses(loop).map(({ message }) => message)).toEqual(["b"]);
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
