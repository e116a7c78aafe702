import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import type { TestProgram } from "../../../../src/contract/program.ts";
import type { FindingPromise } from "../../../../src/search/findings/judge.ts";
import { printFindingTest } from "../../../../src/search/findings/print-finding.ts";
import { aProgram, call, NUMBER, str } from "../../../unit/search/findings/builders.ts";

const folder = mkdtempSync(join(tmpdir(), "regoose-findings-"));
mkdirSync(join(folder, "esm"));
const BROKEN = `
let count = 0;
const first = (text) => text.split(":")[1].trim();
const size = (text) => (text ? text.length : undefined);
const load = async (text) => text.missing.length;
const next = () => (count += 1);
const ok = () => 1;
`;
writeFileSync(
  join(folder, "index.cjs"),
  `${BROKEN}module.exports = { first, size, load, next, ok };\n`,
);
writeFileSync(join(folder, "esm/index.mjs"), `${BROKEN}export { first, size, load, next, ok };\n`);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Exit code of `node --test` on the printed text. */
function run(
  program: TestProgram,
  promise: FindingPromise,
  system: "commonjs" | "esm",
): number | null {
  const importPath = system === "commonjs" ? "./index.cjs" : "./esm/index.mjs";
  const text = printFindingTest(
    { program, statement: program.statements.length - 1, promise, summary: "broken" },
    { runner: "node", system, importPath },
  );
  const file = join(folder, system === "commonjs" ? "finding.test.cjs" : "finding.test.mjs");
  writeFileSync(file, text);
  return spawnSync(process.execPath, ["--test", file], { cwd: folder, encoding: "utf8" }).status;
}

describe("a printed finding test, run by node:test", () => {
  const cases: readonly (readonly [string, TestProgram, FindingPromise])[] = [
    ["crash", aProgram(call("first", [str("a")])), { kind: "does-not-throw" }],
    ["rejection", aProgram(call("load", [str("a")], true)), { kind: "does-not-throw" }],
    ["contradiction", aProgram(call("size", [str("")])), { kind: "is-of-type", type: NUMBER }],
    [
      "leaking state",
      aProgram(call("next"), call("next")),
      { kind: "equals-statement", statement: 0 },
    ],
  ];
  test.each(cases)("fails on the present code: %s", (_name, program, promise) => {
    expect(run(program, promise, "commonjs")).toBe(1);
    expect(run(program, promise, "esm")).toBe(1);
  });

  test.each(["commonjs", "esm"] as const)(
    "passes once the code keeps its promise (%s)",
    (system) => {
      expect(run(aProgram(call("ok")), { kind: "does-not-throw" }, system)).toBe(0);
      expect(run(aProgram(call("ok")), { kind: "is-of-type", type: NUMBER }, system)).toBe(0);
      expect(
        run(aProgram(call("ok"), call("ok")), { kind: "equals-statement", statement: 0 }, system),
      ).toBe(0);
      expect(run(aProgram(call("ok")), { kind: "ends" }, system)).toBe(0);
    },
  );
});
