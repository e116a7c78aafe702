import { describe, expect, test } from "vitest";
import { createRedactor } from "../../../src/telemetry/redact.ts";

const SECRET = 'tR0ub4dor&3 "quoted"\nline/+=-^$.*?()[]{}|\\ \ud800';

describe("redaction", () => {
  test("takes a known secret out in each spelling in which it travels", () => {
    const { redact } = createRedactor([SECRET]);
    for (const text of [
      SECRET,
      JSON.stringify({ note: SECRET }),
      encodeURIComponent(SECRET.toWellFormed()),
      Buffer.from(SECRET).toString("base64"),
      Buffer.from(SECRET).toString("base64url"),
    ]) {
      const clean = redact(`before ${text} after`);
      expect(clean).not.toContain("tR0ub4dor");
      expect(clean).not.toContain(Buffer.from("tR0ub4dor").toString("base64").slice(0, 8));
      expect(clean).toMatch(/^before .*\[redacted\].* after$/su);
    }
  });

  test("leaves nothing of a secret that another one is part of", () => {
    const { redact } = createRedactor(["abcdefgh", "abcdefgh-12345678"]);
    expect(redact("abcdefgh-12345678")).toBe("[redacted]");
  });

  test("learns secrets while running, and takes no short value for one", () => {
    const redactor = createRedactor(["1234567"]);
    expect(redactor.redact("1234567 later-known")).toBe("1234567 later-known");
    redactor.register("later-known");
    expect(redactor.redact("1234567 later-known")).toBe("1234567 [redacted]");
  });

  test.each([
    `sk-${"a1".repeat(12)}`,
    `ghp_${"A1".repeat(15)}`,
    `github_pat_${"A1".repeat(15)}`,
    `xoxb-${"1".repeat(12)}`,
    "AKIAABCDEFGHIJKLMNOP",
    `npm_${"a1".repeat(16)}`,
    "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
  ])("knows a key by its form: %s", (key) => {
    const clean = createRedactor().redact(`{"msg":"used ${key}."}`);
    expect(clean).toBe('{"msg":"used [redacted]."}');
  });

  test("goes by the name of a field and leaves JSON what it is", () => {
    const line = JSON.stringify({
      authorization: "Basic x",
      nested: { "api-key": 'quo"te', accessToken: "t", tokens: 12, title: "kept" },
      text: "password=hunter2222 and Authorization: Bearer abcdefghi, end",
    });
    expect(JSON.parse(createRedactor().redact(line))).toEqual({
      authorization: "[redacted]",
      nested: { "api-key": "[redacted]", accessToken: "[redacted]", tokens: 12, title: "kept" },
      text: "password=[redacted] and Authorization: Bearer [redacted], end",
    });
  });

  test("takes private keys out whole, within a field of JSON too", () => {
    const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
    const clean = createRedactor().redact(JSON.stringify({ key: `x ${key} y`, next: "kept" }));
    expect(JSON.parse(clean)).toEqual({ key: "x [redacted] y", next: "kept" });
  });

  test("does nothing the second time", () => {
    const { redact } = createRedactor([SECRET]);
    const once = redact(`token=abcdefgh ${SECRET}`);
    expect(redact(once)).toBe(once);
  });
});
