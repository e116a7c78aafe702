import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findProjectTools, type ProjectTools } from "../../../src/app/generate/project-tools.ts";
import type { ProjectInfo } from "../../../src/contract/project.ts";
import type { SandboxCommand, SandboxEnd } from "../../../src/ports/sandbox.ts";
import { aProject } from "../../../src/testing/index.ts";

const TYPESCRIPT = {
  "node_modules/typescript/package.json": `{ "bin": { "tsc": "bin/tsc" } }`,
  "node_modules/typescript/bin/tsc": "",
};
const { signal } = new AbortController();

let root = "";
let commands: SandboxCommand[] = [];
let end: SandboxEnd = { kind: "exited", code: 0 };

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "regoose-tools-test-")));
  commands = [];
  end = { kind: "exited", code: 0 };
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A sandbox that notes what it is to run. */
function create(): ReturnType<Sandboxes["create"]> {
  return Promise.resolve({
    level: "namespace",
    backend: "fake",
    pathOf: (name) => `/${name}`,
    run: (command) => {
      commands.push(command);
      return Promise.resolve({ end, stdout: "", stderr: "", files: new Map(), durationMs: 5 });
    },
    start: () => Promise.reject(new Error("nothing is started")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
type Sandboxes = Parameters<typeof findProjectTools>[0]["sandbox"];

async function find(
  files: Readonly<Record<string, string>>,
  over: Partial<ProjectInfo> = {},
  leftMs = 60_000,
): Promise<ProjectTools> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  const sandbox: Sandboxes = {
    name: "fake",
    level: "namespace",
    create,
    probe: () => Promise.reject(new Error("not asked")),
    sweep: () => Promise.resolve([]),
  };
  const staged = {
    folder: root,
    createLayer: (name: string) => Promise.resolve(join(root, name)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const project = aProject({
    root,
    dependencyFolders: [{ hostPath: join(root, "node_modules"), levelsUp: 0 }],
    ...over,
  });
  const deadline = { remainingMs: () => leftMs, isOver: () => false };
  return findProjectTools({ sandbox, staged }, { project, deadline });
}

describe("a project's tools", () => {
  test("are none where the project has none", async () => {
    expect(await find({})).toEqual({ typeCheck: null, format: null, notes: [] });
  });

  test.each<[string, Record<string, string>, Partial<ProjectInfo>]>([
    ["there is no configuration", TYPESCRIPT, {}],
    ["there is no compiler", { "tsconfig.json": "{}" }, { tsconfigPath: "tsconfig.json" }],
    [
      "the configuration only names others",
      { ...TYPESCRIPT, "tsconfig.json": `{ "files": [ ], "references": [] }` },
      { tsconfigPath: "tsconfig.json" },
    ],
  ])("check no types where %s", async (_what, files, over) => {
    expect((await find(files, over)).typeCheck).toBeNull();
  });

  test.each([
    [1_000_000, 20_000],
    [100_000, 10_000],
    [20_000, 3_000],
    [4_000, 1_000],
    [Number.POSITIVE_INFINITY, 20_000],
  ])("check types in bounded time: %d ms left, %d ms at most", async (leftMs, timeoutMs) => {
    const files = { ...TYPESCRIPT, "tsconfig.json": "{}" };
    const { typeCheck, notes } = await find(files, { tsconfigPath: "tsconfig.json" }, leftMs);
    expect(await typeCheck?.({ "a.test.ts": "", "b.test.js": "" }, { signal })).toEqual([]);
    expect(commands).toMatchObject([
      {
        argv: ["node", "node_modules/typescript/bin/tsc", "--project", CHECK, "--pretty", "false"],
      },
    ]);
    expect(commands[0]?.timeoutMs).toBe(timeoutMs);
    expect(notes).toEqual([]);
  });

  test("check JavaScript where the configuration says so", async () => {
    const tsconfig = (checkJs: boolean): string => JSON.stringify({ compilerOptions: { checkJs } });
    const over = { tsconfigPath: "tsconfig.json" };
    const off = await find({ ...TYPESCRIPT, "tsconfig.json": tsconfig(false) }, over);
    await off.typeCheck?.({ "a.test.js": "" }, { signal });
    expect(commands).toHaveLength(0);
    const on = await find({ ...TYPESCRIPT, "tsconfig.json": tsconfig(true) }, over);
    await on.typeCheck?.({ "a.test.js": "" }, { signal });
    expect(commands).toHaveLength(1);
  });

  const CHECKED = `{ "compilerOptions": { "checkJs": true } }`;
  test.each<[boolean, string, Record<string, string>]>([
    [
      true,
      "a file that it extends",
      { "tsconfig.json": `{ "extends": "./config/base" }`, "config/base.json": CHECKED },
    ],
    [
      true,
      "the end of a chain",
      {
        "tsconfig.json": `{ "extends": ["./a.json", "./b.json"] }`,
        "a.json": `{ "extends": "./c.json" }`,
        "b.json": "{}",
        "c.json": CHECKED,
      },
    ],
    [
      true,
      "a package",
      {
        "tsconfig.json": `{ "extends": "@tsconfig/strictest/tsconfig.json" }`,
        "node_modules/@tsconfig/strictest/tsconfig.json": CHECKED,
      },
    ],
    [
      false,
      "a base that it overrules",
      {
        "tsconfig.json": `{ "extends": "./base.json", "compilerOptions": { "checkJs": false } }`,
        "base.json": CHECKED,
      },
    ],
    [false, "a comment", { "tsconfig.json": `{ "compilerOptions": { /* "checkJs": true, */ } }` }],
    [
      false,
      "a circle, a file that is not there, a device",
      { "tsconfig.json": `{ "extends": ["./tsconfig.json", "./gone", "/dev/zero"] }` },
    ],
    [false, "no JSON", { "tsconfig.json": "{ extends" }],
  ])("check JavaScript (%s) where the configuration has it from %s", async (isOn, _what, files) => {
    const over = { tsconfigPath: "tsconfig.json" };
    const { typeCheck } = await find({ ...TYPESCRIPT, ...files }, over);
    await typeCheck?.({ "a.test.js": "" }, { signal });
    expect(commands).toHaveLength(isOn ? 1 : 0);
  });

  test("read no configuration outside the project and its dependencies", async () => {
    const outside = await mkdtemp(join(tmpdir(), "regoose-outside-"));
    try {
      await writeFile(join(outside, "base.json"), CHECKED);
      const tsconfig = JSON.stringify({ extends: join(outside, "base.json") });
      const files = { ...TYPESCRIPT, "tsconfig.json": tsconfig };
      const { typeCheck } = await find(files, { tsconfigPath: "tsconfig.json" });
      await typeCheck?.({ "a.test.js": "" }, { signal });
      expect(commands).toEqual([]);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  test("check types where the configuration lists folders beside no files", async () => {
    const files = { ...TYPESCRIPT, "tsconfig.json": `{ "files": [], "include": ["src"] }` };
    expect((await find(files, { tsconfigPath: "tsconfig.json" })).typeCheck).not.toBeNull();
  });

  test("that fail leave a note each", async () => {
    end = { kind: "memory-exceeded" };
    const files = { ...TYPESCRIPT, "tsconfig.json": "{}" };
    const formatter = { name: "biome", binPath: join(root, "node_modules/biome/bin") } as const;
    const tools = await find(files, { tsconfigPath: "tsconfig.json", formatter });
    await tools.typeCheck?.({ "a.test.ts": "" }, { signal });
    expect(await tools.format?.({ "a.test.ts": "a" }, { signal })).toEqual({ "a.test.ts": "a" });
    expect(tools.notes).toEqual([
      "The suite is not type-checked: it took too much memory.",
      "The suite is not formatted by biome: it took too much memory.",
    ]);
    expect(commands[1]?.argv).toContain("--vcs-enabled=false");
  });

  test("outside the project's dependencies are not started", async () => {
    const formatter = { name: "prettier", binPath: "/elsewhere/prettier.cjs" } as const;
    const { format, notes } = await find({}, { formatter });
    await format?.({ "a.test.ts": "a" }, { signal });
    expect(commands).toEqual([]);
    expect(notes).toHaveLength(1);
  });
});

const CHECK = "tsconfig.regoose-check.json";
