import { describe, expect, test } from "vitest";
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

describe("every error code", () => {
  test.each(Object.entries(PROVOKE) as [ErrorCode, Provoke][])(
    "%s comes from the code that throws it",
    async (code, provoke) => {
      const { exit, hint, ...seen } = await provoke();
      const facts = toErrorFacts(code);
      expect(seen).toEqual({ code, name: facts.name, class: facts.class });
      expect(hint).toMatch(/\w+ \w+/u);
      if (exit !== null) expect(exit).toBe(facts.exit);
    },
  );
});
