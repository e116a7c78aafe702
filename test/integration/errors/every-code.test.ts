import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ERROR_DOCS } from "../../../scripts/error-docs.ts";
import { toErrorFacts, type ErrorCode } from "../../../src/kernel/error-table.ts";
import { CALLS } from "./provoke/calls.ts";
import { DEFECTS, ENVIRONMENT } from "./provoke/environment.ts";
import { IMPROVE } from "./provoke/improve.ts";
import { MODELS } from "./provoke/models.ts";
import type { Provoke } from "./provoke/provoked.ts";
import { RUNS } from "./provoke/runs.ts";
import { SERVER } from "./provoke/server.ts";
import { SETTINGS } from "./provoke/settings.ts";
import { SUITE_ERRORS } from "./provoke/suite.ts";
import { TARGET } from "./provoke/target.ts";

/** A code without a way to provoke it does not compile. */
const PROVOKE: Readonly<Record<ErrorCode, Provoke>> = {
  ...TARGET,
  ...RUNS,
  ...SETTINGS,
  ...SUITE_ERRORS,
  ...IMPROVE,
  ...SERVER,
  ...MODELS,
  ...ENVIRONMENT,
  ...CALLS,
  ...DEFECTS,
};

/** Rows of the page of errors, which is what people and programs go by. */
const DOCUMENTED = new Map(
  readFileSync(ERROR_DOCS, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| <a id="))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, anchor = "", name, errorClass, , http]) => [
      anchor.slice(-"RGS-0000".length),
      { name, class: errorClass, http: Number(http) },
    ]),
);

describe("every error code", () => {
  test.each(Object.entries(PROVOKE) as [ErrorCode, Provoke][])(
    "%s comes from the code that throws it",
    async (code, provoke) => {
      const { exit, hint, ...seen } = await provoke();
      const facts = toErrorFacts(code);
      const { name, class: errorClass, http } = facts;
      expect(seen).toEqual({ code, name, class: errorClass, http });
      expect(DOCUMENTED.get(code)).toMatchObject({ name, class: errorClass, http });
      expect(hint).toMatch(/\w+ \w+/u);
      if (exit !== null) expect(exit).toBe(facts.exit);
    },
  );
});
