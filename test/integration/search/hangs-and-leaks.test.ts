import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import type { CallableHint, ModuleModel, TypeHint } from "../../../src/contract/api-model.ts";
import type { Finding } from "../../../src/contract/candidate.ts";
import { BOOLEAN, NUMBER, param, STRING, typed } from "../../unit/search/findings/builders.ts";
import { aModel } from "../../unit/search/values/builders.ts";
import { propose } from "./scene.ts";

function aFunction(name: string, of: TypeHint, returns: TypeHint): CallableHint {
  return typed([name], [param("value", of)], returns, { where: { file: "index.cjs", line: 1 } });
}

function anInput(...callables: CallableHint[]): {
  api: { modules: ModuleModel[] };
  budget: { kind: "executions"; count: number };
} {
  return {
    api: { modules: [aModel({ file: "index.cjs", callables })] },
    budget: { kind: "executions", count: 600 },
  };
}

/** Exit code of `node --test` on the finding's test, beside the sources. */
function run(finding: Finding, source: string): number | null {
  const root = mkdtempSync(join(tmpdir(), "regoose-finding-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  mkdirSync(join(root, "test"));
  writeFileSync(join(root, "index.cjs"), source);
  const file = join(root, "test", "finding.test.cjs");
  writeFileSync(file, finding.evidence.test);
  return spawnSync(process.execPath, ["--test", file], { cwd: root }).status;
}

test(
  "a loop that a declared number makes endless is a finding; work that was asked for is none",
  { timeout: 300_000 },
  async () => {
    const source = `
exports.spin = (n) => { while (n > 0) n += 0; return n; };
exports.count = (n) => { let sum = 0; for (let i = 0; i < n * 1e5; i += 1) sum += i; return sum; };
`;
    const { findings, reproducible } = await propose({
      files: { "index.cjs": source },
      input: anInput(aFunction("spin", NUMBER, NUMBER), aFunction("count", NUMBER, NUMBER)),
    });
    expect(findings.map(({ kind, where }) => [kind, where])).toEqual([["hang", "index.cjs:1"]]);
    const [finding] = findings;
    expect(finding?.summary).toMatch(/^spin\(\d+(?:\.\d+)?\) does not return$/u);
    expect(finding?.evidence).toMatchObject({ observed: "still running after 3 s", reproduced: 2 });
    expect(reproducible).toBe(false);
    expect(run(finding!, source)).toBe(1);
  },
);

test(
  "an answer that turns with each call is a finding, and no test asserts it; a counter is none",
  { timeout: 300_000 },
  async () => {
    const source = `
const WORD = /[a-z]/g;
let last = 0;
exports.isWord = (text) => WORD.test(text);
exports.nextId = () => (last += 1);
exports.idFor = (text) => text + (last += 1);
exports.isLong = (text) => text.length > 3;
exports.isLucky = (text) => Math.random() > 0.5 && text.length > 0;
exports.isLate = (text) => Date.now() % 2 === text.length % 2;
`;
    const { candidates, findings } = await propose({
      files: { "index.cjs": source },
      input: anInput(
        typed(["nextId"], [], NUMBER),
        aFunction("idFor", STRING, STRING),
        ...["isWord", "isLong", "isLucky", "isLate"].map((name) =>
          aFunction(name, STRING, BOOLEAN),
        ),
      ),
    });
    expect(findings.map(({ kind }) => kind)).toEqual(["leaking-state"]);
    const [finding] = findings;
    expect(finding?.summary).toMatch(/^isWord\(.*\) answers false after it answered true$/u);
    expect(finding?.evidence.reproduced).toBe(2);
    expect(run(finding!, source)).toBe(1);
    const text = JSON.stringify(candidates);
    expect(text).toContain('"isLong"');
    expect(text).not.toContain('"isWord"');
  },
);
