import assert from "node:assert/strict";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ValueGene } from "../../../src/contract/program.ts";
import { createChai } from "../../../src/emission/dialects/chai.ts";
import type { AssertionDialect, Need } from "../../../src/emission/dialects/dialect.ts";
import { createExpect } from "../../../src/emission/dialects/expect.ts";
import { createNodeAssert } from "../../../src/emission/dialects/node-assert.ts";
import { printHelpers } from "../../../src/emission/files/helpers.ts";
import { render } from "../../../src/emission/layout.ts";
import { decide } from "../../../src/emission/program/decide.ts";
import { printCheck } from "../../../src/emission/program/print-assertion.ts";
import { toStringLiteral, toStringDoc } from "../../../src/emission/values/literals.ts";
import { printValue } from "../../../src/emission/values/print-value.ts";
import { materialise } from "../../../src/search/worker/materialise.ts";
import { takeSnapshot } from "../../../src/search/worker/snapshot.ts";
import { dataGene, text } from "./arbitraries.ts";

/** Evaluates an expression that this test printed itself. */
function evaluate(source: string, scope: Record<string, unknown> = {}): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- evaluating printed text is the point
  return new Function(...Object.keys(scope), `"use strict"; return (${source});`)(
    ...Object.values(scope),
  ) as unknown;
}

function toValue(gene: ValueGene): unknown {
  return materialise(gene, {
    bindings: [],
    resolveExport: () => undefined,
    onSpy: () => undefined,
  });
}

function print(gene: ValueGene): string {
  const scope = {
    refOf: () => "unused",
    exportOf: () => "unused",
    rejectionOf: () => "unused",
    isTypeScript: false,
  };
  return render(printValue(gene, scope));
}

describe("printed values", () => {
  test("evaluate to the value of their gene", () => {
    fc.assert(
      fc.property(dataGene, (gene) => {
        assert.deepEqual(evaluate(print(gene)), toValue(gene));
      }),
      { numRuns: 600 },
    );
  });

  test("are the same text every time", () => {
    fc.assert(fc.property(dataGene, (gene) => print(gene) === print(structuredClone(gene))));
  });
});

describe("printed strings", () => {
  test("evaluate to the text, in one line or several", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(evaluate(toStringLiteral(value))).toBe(value);
        expect(evaluate(render(toStringDoc(value)))).toBe(value);
      }),
      { numRuns: 600 },
    );
  });

  test("hold nothing that a reader cannot see or that closes a script", () => {
    fc.assert(
      fc.property(text, (value) => {
        const literal = toStringLiteral(value);
        expect(literal).not.toMatch(/[\p{Cc}\u2028\u2029\u202e\ufeff]|<\/script|<!--/iu);
        expect(literal.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("printed assertions", () => {
  const dialects: Record<string, (need: (what: Need) => void) => AssertionDialect> = {
    "node:assert": createNodeAssert,
    expect: createExpect,
    // Chai is not installed here; its closest stand-in is checked for syntax below.
  };

  test.each(Object.keys(dialects))("hold for the value they describe, with %s", (name) => {
    fc.assert(
      fc.property(dataGene, (gene) => {
        const value = toValue(gene);
        for (const assertion of toAssertions(value, dialects[name]!)) {
          evaluate(assertion.source, { ...assertion.helpers, assert, expect, value });
        }
      }),
      { numRuns: 400 },
    );
  });

  test("parse in every dialect", () => {
    fc.assert(
      fc.property(dataGene, (gene) => {
        for (const { source } of toAssertions(toValue(gene), createChai)) {
          evaluate(`() => ${source}`);
        }
      }),
    );
  });
});

function toAssertions(
  value: unknown,
  createDialect: (need: (what: Need) => void) => AssertionDialect,
): { readonly source: string; readonly helpers: Record<string, unknown> }[] {
  const needs = new Set<Need>();
  const need = (what: Need): void => {
    needs.add(what);
  };
  const dialect = createDialect(need);
  const snapshot = takeSnapshot(value, { normalise: (given) => given });
  const checks = decide({ of: "statement", index: 0, path: [] }, snapshot, {
    classOf: () => null,
    hasNestedTolerance: dialect.hasNestedTolerance,
    canIgnoreClasses: dialect.canIgnoreClasses,
  });
  const sources = checks.map((check) =>
    render(printCheck(check, "value", { dialect, need }, () => "value")),
  );
  const declared = printHelpers(needs, false).join("\n");
  const helpers = evaluate(
    `(() => { ${declared}; return { ${["plain", "rounded"].filter((name) => needs.has(name as Need)).join(", ")} }; })()`,
  ) as Record<string, unknown>;
  return sources.map((source) => ({ source, helpers }));
}
