import { execFile } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { SearchCandidate } from "../../../src/contract/candidate.ts";
import type { ProjectInfo, RunnerName } from "../../../src/contract/project.ts";
import type { PrintedSuite } from "../../../src/ports/suite-printer.ts";
import {
  COMMONJS_PROGRAMS,
  ESM_PROGRAMS,
  TYPESCRIPT_PROGRAMS,
  WHOLE_MODULE_PROGRAMS,
} from "./corpus.ts";
import { aCandidate, aProject, FIXTURES, printSuite } from "./print-corpus.ts";

const ROOT = path.resolve(".");
const run = promisify(execFile);
const require = createRequire(import.meta.url);

type ProjectName = "cjs" | "esm" | "ts";
const candidates: Record<ProjectName, SearchCandidate[]> = { cjs: [], esm: [], ts: [] };
let workFolder: string;

beforeAll(async () => {
  workFolder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "regoose-emission-")));
  const programs = [
    ["cjs", [...COMMONJS_PROGRAMS, ...WHOLE_MODULE_PROGRAMS]],
    ["esm", ESM_PROGRAMS],
    ["ts", TYPESCRIPT_PROGRAMS],
  ] as const;
  for (const [name, ofProject] of programs) {
    for (const program of ofProject) {
      const file = path.join(FIXTURES, name, program.module);
      const namespace = (
        name === "cjs" ? require(file) : await import(pathToFileURL(file).href)
      ) as Record<string, unknown>;
      candidates[name].push(await aCandidate(program, namespace));
    }
  }
});

afterAll(() => {
  fs.rmSync(workFolder, { recursive: true, force: true });
});

/** Writes a printed suite into a copy of its project and runs it with the real runner. */
async function runPrinted(
  name: ProjectName,
  runner: RunnerName,
  chosen: readonly SearchCandidate[] = candidates[name],
  changes: { readonly project?: Partial<ProjectInfo>; readonly manifest?: object } = {},
): Promise<{ readonly suite: PrintedSuite; readonly passed: number; readonly output: string }> {
  const project = aProject(name, changes.project);
  const folder = fs.mkdtempSync(path.join(workFolder, `${runner}-${name}-`));
  fs.cpSync(project.root, folder, { recursive: true });
  if (changes.manifest !== undefined) {
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(changes.manifest));
  }
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const suite = await printSuite({ ...project, root: folder }, runner, chosen);
  for (const [file, text] of Object.entries(suite.files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
  const args = toArguments(runner, Object.keys(suite.files));
  const result = await run(process.execPath, args, { cwd: folder, env: cleanEnvironment() }).catch(
    (failure: unknown) => failure as { stdout: string; stderr: string },
  );
  const output = `${result.stdout}\n${result.stderr}`;
  return { suite, output, passed: countPassed(runner, output) };
}

function toArguments(runner: RunnerName, files: readonly string[]): string[] {
  const bin = (file: string): string => path.join(ROOT, "node_modules", file);
  switch (runner) {
    case "node":
      return ["--test", "--test-reporter=tap", ...files];
    case "vitest":
      return [bin("vitest/vitest.mjs"), "run", "--root", ".", "--reporter=dot"];
    case "jest":
      return [
        "--experimental-vm-modules",
        bin("jest/bin/jest.js"),
        "--rootDir",
        ".",
        "--json",
        "-i",
      ];
    case "mocha":
      return [bin("mocha/bin/mocha.js"), "--reporter=json", ...files];
  }
}

/** The test process must not look like a part of this one. */
function cleanEnvironment(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: os.tmpdir(), NO_COLOR: "1" };
}

function countPassed(runner: RunnerName, output: string): number {
  const pattern = {
    node: /^# pass (\d+)/m,
    vitest: /Tests\s+(\d+) passed/,
    jest: /"numPassedTests":\s*(\d+)/,
    mocha: /"passes":\s*(\d+)/,
  }[runner];
  return Number(pattern.exec(output)?.[1] ?? -1);
}

describe("printed suites", () => {
  test.each(["cjs", "esm", "ts"] as const)("pass under node:test in a %s project", async (name) => {
    const { suite, passed, output } = await runPrinted(name, "node");
    expect(suite.unprintable).toEqual([]);
    expect(passed, output).toBe(candidates[name].length);
  });

  test.each(["cjs", "esm", "ts"] as const)("pass under Mocha in a %s project", async (name) => {
    const { passed, output } = await runPrinted(name, "mocha");
    expect(passed, output).toBe(candidates[name].length);
  });

  test.each(["esm", "ts"] as const)("pass under Vitest in an %s project", async (name) => {
    const { passed, output } = await runPrinted(name, "vitest");
    expect(passed, output).toBe(candidates[name].length);
  });

  test("pass under Vitest in a cjs project, except where `this` is the exports object", async () => {
    const chosen = candidates.cjs.filter(
      ({ program }) => !JSON.stringify(program).includes('"self"'),
    );
    const { passed, output } = await runPrinted("cjs", "vitest", chosen);
    expect(passed, output).toBe(chosen.length);
  });

  test.each(["cjs", "esm"] as const)("pass under Jest in a %s project", async (name) => {
    const { passed, output } = await runPrinted(name, "jest");
    expect(passed, output).toBe(candidates[name].length);
  });

  test("pass in an ES module project whose entry is CommonJS", async () => {
    const manifest = { name: "shapes", type: "module" };
    const chosen = candidates.cjs
      .filter(
        ({ program }) => program.module === "lib/greet.js" || program.module === "lib/delta.js",
      )
      .map((candidate) => ({
        ...candidate,
        program: { ...candidate.program, module: candidate.program.module.replace(".js", ".cjs") },
      }));
    const folder = path.join(FIXTURES, "cjs");
    const { passed, suite, output } = await runPrinted("cjs", "node", chosen, {
      manifest,
      project: { system: "esm", root: asCommonJsFiles(folder), entryPoints: [] },
    });
    expect(Object.keys(suite.files)).toEqual([
      "test/regoose/delta.test.js",
      "test/regoose/greet.test.js",
    ]);
    expect(passed, output).toBe(chosen.length);
  });

  test("fail when the code under test changes", async () => {
    const { suite } = await runPrinted("esm", "node");
    const folder = fs.mkdtempSync(path.join(workFolder, "changed-"));
    fs.cpSync(path.join(FIXTURES, "esm"), folder, { recursive: true });
    const file = path.join(folder, "src/index.js");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("times = 2", "times = 3"));
    for (const [name, text] of Object.entries(suite.files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    const failure: unknown = await run(process.execPath, ["--test", "--test-reporter=tap"], {
      cwd: folder,
      env: cleanEnvironment(),
    }).catch((error: unknown) => error);
    expect((failure as { stdout: string }).stdout).toMatch(/^# fail 1$/m);
  });
});

/** A copy of the fixture whose modules say by their ending that they are CommonJS. */
function asCommonJsFiles(folder: string): string {
  const copy = fs.mkdtempSync(path.join(workFolder, "commonjs-"));
  fs.cpSync(folder, copy, { recursive: true });
  for (const name of ["greet", "delta"]) {
    fs.renameSync(path.join(copy, `lib/${name}.js`), path.join(copy, `lib/${name}.cjs`));
  }
  return copy;
}
