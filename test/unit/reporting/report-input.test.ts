import { describe, expect, test } from "vitest";

import { RegooseError } from "../../../src/kernel/errors.ts";
import { parseReportInput, serialiseReportInput } from "../../../src/reporting/report-input.ts";
import { aHostileInput, anInput, FILE } from "./builders.ts";

function failureOf(text: string): RegooseError {
  try {
    parseReportInput(text);
  } catch (failure) {
    if (failure instanceof RegooseError) return failure;
  }
  throw new Error("it was read");
}

describe("a stored report input", () => {
  test("comes back as it was", () => {
    const input = anInput();
    expect(parseReportInput(serialiseReportInput(input))).toEqual(input);
    expect(serialiseReportInput(input).endsWith("\n")).toBe(true);
  });

  test("comes back with hostile text untouched", () => {
    const input = aHostileInput();
    expect(parseReportInput(serialiseReportInput(input)).result.project).toEqual(
      input.result.project,
    );
  });

  test("tolerates the empty positions that istanbul gives implicit branches", () => {
    const stored = JSON.parse(serialiseReportInput(anInput())) as {
      admission: {
        coverage: { map: Record<string, { branchMap: Record<string, { locations: unknown[] }> }> };
      };
    };
    stored.admission.coverage.map["src/sign.js"]!.branchMap["0"]!.locations[1] = {
      start: {},
      end: { line: null },
    };
    const [, implicit] = parseReportInput(JSON.stringify(stored)).admission.coverage.map[
      "src/sign.js"
    ]!.branchMap["0"]!.locations;
    expect(implicit).toEqual(FILE.branchMap["0"]!.locations[1]);
  });

  test("that is not JSON is refused with what to do", () => {
    expect(failureOf("{")).toMatchObject({
      name: "StoredRunUnreadable",
      code: "RGS-1011",
      errorClass: "user",
    });
    expect(failureOf("{").hint).toContain("regoose generate");
  });

  test("of another shape is refused, naming where", () => {
    expect(failureOf("{}").message).toContain("another shape");
    const text = serialiseReportInput(anInput()).replace(
      '"outcome":"succeeded"',
      '"outcome":"<b>"',
    );
    expect(failureOf(text).message).toContain("result.data.outcome");
  });
});
