import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { toExitCode } from "../../../src/cli/exit-codes.ts";
import { RegooseError, type ErrorClass } from "../../../src/kernel/errors.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const CODE = /^RGS-\d{4}$/u;

/** One place in the sources that makes an error. */
interface Thrown {
  readonly code: string;
  readonly name: string;
  readonly errorClass: string;
  readonly file: string;
}

const SOURCES = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(ROOT, "src", path), "utf8") }))
  .filter(({ text }) => text.includes("RGS-"));

const THROWN: readonly Thrown[] = SOURCES.flatMap(({ path, text }) => findThrown(path, text));

describe("error codes", () => {
  test("stand for one name and one class each", () => {
    const meanings = new Map<string, Set<string>>();
    for (const { code, name, errorClass } of THROWN) {
      meanings.set(code, (meanings.get(code) ?? new Set()).add(`${name} (${errorClass})`));
    }
    expect([...meanings].filter(([, names]) => names.size > 1)).toEqual([]);
    const names = new Map(THROWN.map(({ name, code }) => [name, code]));
    expect(names.size).toBe(meanings.size);
  });

  test("are all made where name and class can be read", () => {
    const made = new Set(THROWN.map(({ code }) => code));
    const written = SOURCES.flatMap(({ text }) => text.match(/RGS-\d{4}/gu) ?? []);
    expect([...new Set(written)].filter((code) => !made.has(code))).toEqual([]);
  });

  test("have in comments the name that they are thrown with", () => {
    const names = new Map(THROWN.map(({ code, name }) => [code, name]));
    const wrong = SOURCES.flatMap(({ path, text }) =>
      [...text.matchAll(/`?(\w+)`? \((RGS-\d{4})/gu)]
        .filter(([, name, code]) => names.get(code ?? "") !== name)
        .map(([found]) => `${path}: ${found}`),
    );
    expect(wrong).toEqual([]);
  });

  test("are the ones that docs/errors.md lists, with their name, class and exit code", () => {
    const listed = readTable("docs/errors.md").map(([code, name, errorClass, exit]) => {
      const [, anchor, text] = /^<a id="(.*)"><\/a>(.*)$/u.exec(code ?? "") ?? [];
      return { anchor, code: text, name, errorClass, exit };
    });
    const thrown = new Map(THROWN.map((one) => [one.code, one]));
    const expected = [...thrown.values()]
      .map(({ code, name, errorClass }) => ({
        anchor: code.toLowerCase(),
        code,
        name,
        errorClass,
        exit: toExits(code, errorClass as ErrorClass),
      }))
      .sort((left, right) => left.code.localeCompare(right.code));
    expect(listed).toEqual(expected);
  });

  test("have a meaning and advice in docs/errors.md", () => {
    for (const row of readTable("docs/errors.md")) {
      expect(row, row[0]).toHaveLength(6);
      expect(
        row.every((cell) => cell !== ""),
        row[0],
      ).toBe(true);
    }
  });
});

/** Exit codes by signal, where it decides. */
function toExits(code: string, errorClass: ErrorClass): string {
  const exits = ["SIGINT", "SIGTERM"].map((signal) =>
    toExitCode(new RegooseError("Any", "", { code, errorClass, details: { signal } })),
  );
  return [...new Set(exits)].join(", ");
}

/** The rows of all tables whose first cell names a code. */
function readTable(path: string): readonly (readonly string[])[] {
  return readFileSync(join(ROOT, path), "utf8")
    .split("\n")
    .filter((line) => line.startsWith('| <a id="rgs-'))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Finds `new RegooseError(name, …, { code, errorClass })` and the same as `super(…)`. */
function findThrown(path: string, text: string): readonly Thrown[] {
  const found: Thrown[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const [name, , options] = node.arguments ?? [];
      const code = readProperty(options, "code");
      const errorClass = readProperty(options, "errorClass");
      if (name !== undefined && ts.isStringLiteral(name) && code !== null && errorClass !== null)
        if (CODE.test(code)) found.push({ code, name: name.text, errorClass, file: path });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}

function readProperty(node: ts.Node | undefined, name: string): string | null {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return null;
  for (const one of node.properties) {
    if (!ts.isPropertyAssignment(one) || !ts.isIdentifier(one.name)) continue;
    if (one.name.text === name && ts.isStringLiteral(one.initializer)) return one.initializer.text;
  }
  return null;
}
