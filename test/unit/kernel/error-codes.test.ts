import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_DOCS, renderErrorDocs } from "../../../scripts/error-docs.ts";
import { EXIT } from "../../../src/cli/exit-codes.ts";
import { ERROR_ADVICE } from "../../../src/kernel/error-advice.ts";
import {
  ERROR_TABLE,
  toErrorFacts,
  type ErrorClass,
  type ErrorCode,
} from "../../../src/kernel/error-table.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

const SOURCES = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !/kernel.error-(?:table|advice)/u.test(path))
  .map((path) => ({ path, text: readFileSync(join(ROOT, "src", path), "utf8") }))
  .filter(({ text }) => text.includes("RGS-"));

/** Exit codes that the errors of a class may end with, and their HTTP statuses. */
const ALLOWED: Readonly<Record<ErrorClass, { exits: readonly number[]; http: RegExp }>> = {
  user: { exits: [EXIT.usage, EXIT.notMet, EXIT.budget], http: /^4\d\d$/u },
  // A key or an address of a provider's is configuration, and a bad gateway to whoever asks a server of ours.
  configuration: {
    exits: [EXIT.usage, EXIT.authentication, EXIT.provider],
    http: /^(?:4\d\d|502)$/u,
  },
  permanent: { exits: [EXIT.environment, EXIT.provider], http: /^5\d\d|422$/u },
  transient: {
    exits: [EXIT.environment, EXIT.provider, EXIT.tryLater],
    http: /^50[234]$/u,
  },
  "rate-limited": { exits: [EXIT.tryLater], http: /^429$/u },
  cancelled: { exits: [EXIT.interrupted], http: /^499$/u },
  defect: { exits: [EXIT.defect], http: /^500$/u },
};

describe("the table of errors", () => {
  test("has one name for each code", () => {
    expect(CODES.filter((code) => !/^RGS-\d{4}$/u.test(code))).toEqual([]);
    expect(new Set(CODES.map((code) => toErrorFacts(code).name)).size).toBe(CODES.length);
    expect(CODES).toEqual(CODES.toSorted());
  });

  test("has exit codes and HTTP statuses that go with the class", () => {
    const odd = CODES.filter((code) => {
      const { class: errorClass, exit, http } = toErrorFacts(code);
      const allowed = ALLOWED[errorClass];
      return !allowed.exits.includes(exit) || !allowed.http.test(String(http));
    });
    expect(odd).toEqual([]);
  });

  test("says for each code when it comes and what to do", () => {
    for (const code of CODES) {
      expect(ERROR_ADVICE[code].when, code).toMatch(/^.{10,}[^.]$/u);
      expect(ERROR_ADVICE[code].next, code).toMatch(/^.{5,}[^.]$/u);
    }
  });

  test("holds no code that nothing throws", () => {
    const dead = CODES.filter((code) => !SOURCES.some(({ text }) => text.includes(`"${code}"`)));
    expect(dead).toEqual([]);
  });

  test("has the names that comments give to codes", () => {
    const wrong = SOURCES.flatMap(({ path, text }) =>
      [...text.matchAll(/`?(\w+)`? \((RGS-\d{4})/gu)]
        .filter(([, name, code]) => toErrorFacts(code as ErrorCode).name !== name)
        .map(([found]) => `${path}: ${found}`),
    );
    expect(wrong).toEqual([]);
  });

  test("is what docs/errors.md shows: else run `npm run docs`", async () => {
    expect(readFileSync(ERROR_DOCS, "utf8")).toBe(await renderErrorDocs());
  });
});
