import { serialize, deserialize } from "node:v8";
import { format, inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/kernel/secret.ts";

const CANARY = "canary-0123456789";
const secret = new Secret(CANARY);

describe("a secret", () => {
  test.each<[string, () => unknown]>([
    ["String", () => String(secret)],
    ["toString", () => secret.toString()],
    ["a template", () => `key: ${secret as unknown as string}`],
    ["addition", () => "key: " + (secret as unknown as string)],
    ["JSON", () => JSON.stringify({ secret })],
    ["inspect", () => inspect(secret)],
    ["inspect that shows all", () => inspect({ a: { secret } }, { showHidden: true, depth: 9 })],
    ["inspect of an error", () => inspect(new Error("no", { cause: { secret } }))],
    ["%s", () => format("%s", secret)],
    ["%j", () => format("%j", { secret })],
    ["%o", () => format("%o", secret)],
    ["%O", () => format("%O", secret)],
    ["structuredClone", () => JSON.stringify(structuredClone(secret))],
    ["a message between threads", () => inspect(deserialize(serialize({ secret })))],
    ["spreading", () => JSON.stringify(Object.assign({}, secret))],
    ["entries", () => Object.entries(secret).join()],
    ["a list", () => [secret].join()],
    ["a buffer", () => Buffer.from(secret as unknown as string).toString()],
    ["an error's message", () => new Error(secret as unknown as string).message],
  ])("shows [redacted] in %s", (_, show) => {
    expect(String(show())).toContain("[redacted]");
    expect(String(show())).not.toContain("canary");
  });

  test("hands its text out on purpose only", () => {
    expect(secret.reveal()).toBe(CANARY);
    expect([secret.equals(new Secret(CANARY)), secret.equals(new Secret("x"))]).toEqual([
      true,
      false,
    ]);
    expect(Number(secret)).toBeNaN();
  });
});
