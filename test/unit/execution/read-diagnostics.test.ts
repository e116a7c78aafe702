import { expect, test } from "vitest";
import { readDiagnostics } from "../../../src/execution/read-diagnostics.ts";

test("reads complaints with and without a place, and nothing else", () => {
  const output = [
    "test/a.test.ts(12,5): error TS2345: Argument of type 'string' is not assignable.",
    "  Type 'string' is not assignable to type 'number'.",
    "error TS18003: No inputs were found.",
    "Found 2 errors.",
    "test/odd(1) name.ts(3,1): error TS1005: ';' expected.\r",
    "test/a.test.ts(12,5): warning TS1: nothing",
  ].join("\n");
  expect(readDiagnostics(output)).toEqual({
    located: [
      {
        file: "test/a.test.ts",
        line: 12,
        code: 2345,
        message: "TS2345: Argument of type 'string' is not assignable.",
      },
      { file: "test/odd(1) name.ts", line: 3, code: 1005, message: "TS1005: ';' expected." },
    ],
    global: ["TS18003: No inputs were found."],
  });
});

test("keeps hostile output within bounds", () => {
  const flood = `a.ts(1,1): error TS1: ${"x".repeat(10_000)}\n`.repeat(6_000);
  const { located } = readDiagnostics(flood);
  expect(located).toHaveLength(5_000);
  expect(located[0]?.message).toHaveLength(500);
});
