import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import type { FormatterInfo, ProjectInfo } from "../../../src/contract/project.ts";
import { createFormatter } from "../../../src/execution/formatter.ts";
import { createTypeChecker } from "../../../src/execution/type-checker.ts";
import type { ToolHost } from "../../../src/execution/project-tool.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { FormatFiles, TypeCheck } from "../../../src/ports/project-tools.ts";
import { aProject } from "../../../src/testing/index.ts";

const MODULES = resolve(import.meta.dirname, "../../../node_modules");
const sandboxes = createBubblewrapBackend({ clock: createSystemClock() });
const { signal } = new AbortController();

/** A project on disk beside the real tools. */
interface ToolProject extends Disposable {
  readonly notes: readonly string[];
  formatter(more?: {
    limitMs?: number;
    level?: "guarded";
    name?: FormatterInfo["name"];
  }): FormatFiles;
  typeChecker(more?: { limitMs?: number; checksJavaScript?: boolean }): TypeCheck;
}

function aToolProject(files: Readonly<Record<string, string>>): ToolProject {
  const root = mkdtempSync(join(tmpdir(), "regoose-tools-"));
  for (const [path, content] of Object.entries({ "package.json": "{}", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const project: ProjectInfo = aProject({
    root,
    dependencyFolders: [{ hostPath: MODULES, levelsUp: 0 }],
  });
  const notes: string[] = [];
  const onNote = (sentence: string): void => void notes.push(sentence);
  const host: ToolHost = { sandboxes, project, baseLayer: root, scratchFolder: tmpdir() };
  return {
    notes,
    formatter: ({ limitMs = 60_000, level, name = "prettier" } = {}) =>
      createFormatter(
        level === undefined
          ? host
          : { ...host, sandboxes: { level, create: () => Promise.reject(new Error("started")) } },
        {
          formatter: { name, binPath: join(MODULES, "prettier/bin/prettier.cjs") },
          limitMs: () => limitMs,
          onNote,
        },
      ),
    typeChecker: ({ limitMs = 60_000, checksJavaScript = false } = {}) =>
      createTypeChecker(host, {
        compilerPath: join(MODULES, "typescript/bin/tsc"),
        tsconfigPath: "tsconfig.json",
        checksJavaScript,
        limitMs: () => limitMs,
        onNote,
      }),
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

describe("the project's formatter", () => {
  const FILES = { "test/a.test.js": `test("a", () => { a("b") })`, "test/b.test.js": "b( )" };

  test("formats all files with the project's configuration", async () => {
    using project = aToolProject({ ".prettierrc": `{"singleQuote":true,"semi":false}` });
    const format = project.formatter();
    const formatted = {
      "test/a.test.js": `test('a', () => {\n  a('b')\n})\n`,
      "test/b.test.js": "b()\n",
    };
    expect(await format(FILES, { signal })).toEqual(formatted);
    expect(project.notes).toEqual([]);
  });

  test("leaves files alone that the project has left alone", async () => {
    using project = aToolProject({ ".prettierignore": "test/" });
    expect(await project.formatter()(FILES, { signal })).toEqual(FILES);
    expect(project.notes).toEqual([]);
  });

  test("that fails is not asked again, and one note says so", async () => {
    using project = aToolProject({ "prettier.config.js": `throw new Error("broken config");` });
    const format = project.formatter();
    expect(await format(FILES, { signal })).toEqual(FILES);
    expect(await format({ "test/c.test.js": "c( )" }, { signal })).toEqual({
      "test/c.test.js": "c( )",
    });
    expect(project.notes).toHaveLength(1);
    expect(project.notes[0]).toMatch(/^The suite is not formatted by prettier: it ended with 2/u);
  });

  test("that never ends is cut off", async () => {
    using project = aToolProject({ "prettier.config.js": "for (;;);" });
    expect(await project.formatter({ limitMs: 1_500 })(FILES, { signal })).toEqual(FILES);
    expect(project.notes).toEqual([
      "The suite is not formatted by prettier: it took longer than 1.5 s.",
    ]);
  });

  test("writes nothing outside its copy", async () => {
    const marker = join(tmpdir(), `regoose-escaped-${String(process.pid)}`);
    using project = aToolProject({
      "prettier.config.js": `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "x");`,
    });
    await project.formatter()(FILES, { signal });
    expect(existsSync(marker)).toBe(false);
  });

  test("is not started where there is no time or the sandbox cannot hold it", async () => {
    using project = aToolProject({});
    await project.formatter({ limitMs: 0 })(FILES, { signal });
    await project.formatter({ level: "guarded", name: "biome" })(FILES, { signal });
    await project.formatter({ level: "guarded" })(FILES, { signal });
    expect(project.notes).toEqual([
      "The suite is not formatted by prettier: no time was left for it.",
      "The suite is not formatted by biome: it cannot run at the sandbox level guarded.",
      "The suite is not formatted by prettier: started.",
    ]);
  });

  test("passes cancellation on", async () => {
    using project = aToolProject({});
    const aborted = AbortSignal.abort(new Error("stopped"));
    await expect(project.formatter()(FILES, { signal: aborted })).rejects.toThrow("stopped");
  });
});

describe("the project's type checker", () => {
  const TSCONFIG = JSON.stringify({
    compilerOptions: {
      strict: true,
      module: "nodenext",
      target: "es2022",
      composite: true,
      rootDir: "src",
      outDir: "dist",
      tsBuildInfoFile: "dist/info",
      noUnusedLocals: true,
      types: [],
    },
    include: ["src"],
  });
  const SOURCE = { "src/a.ts": "export const add = (a: number, b: number): number => a + b;" };
  const HEADER = `import assert from "node:assert";\nimport { test } from "node:test";\nimport { add } from "../src/a.ts";\n`;
  const GOOD = `${HEADER}test("good", () => {\n  assert.equal(add(1, 2), 3);\n});\n`;
  const BAD = `${HEADER}test("bad", () => {\n  assert.equal(add("1", 2), "12");\n});\n`;

  test("names the line of a complaint, and nothing that running the file decides", async () => {
    using project = aToolProject({ "tsconfig.json": TSCONFIG, ...SOURCE });
    const diagnostics = await project.typeChecker()(
      { "test/good.test.ts": GOOD, "test/bad.test.ts": BAD },
      { signal },
    );
    expect(project.notes).toEqual([]);
    expect(diagnostics).toMatchObject([{ file: "test/bad.test.ts", line: 5 }]);
    expect(diagnostics[0]?.message).toMatch(/^TS2345: Argument of type 'string'/u);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a project with errors of its own",
      { "tsconfig.json": TSCONFIG, "src/a.ts": `export const add: string = 1;` },
      /the project itself has errors, such as src\/a\.ts: TS2322/u,
    ],
    [
      "a broken configuration",
      { "tsconfig.json": `{"compilerOptions":{"target":"es1"}}` },
      /TS6046/u,
    ],
    [
      "a configuration that extends nothing",
      { "tsconfig.json": `{"extends":"./gone.json"}` },
      /TS/u,
    ],
  ])("holds nothing against a test in %s, and says so once", async (_what, files, note) => {
    using project = aToolProject({ ...SOURCE, ...files });
    const check = project.typeChecker();
    expect(await check({ "test/bad.test.ts": BAD }, { signal })).toEqual([]);
    expect(await check({ "test/bad.test.ts": BAD }, { signal })).toEqual([]);
    expect(project.notes).toHaveLength(1);
    expect(project.notes[0]).toMatch(/^The suite is not type-checked: /u);
    expect(project.notes[0]).toMatch(note);
  });

  test("stops at its time limit", async () => {
    using project = aToolProject({ "tsconfig.json": TSCONFIG, ...SOURCE });
    const check = project.typeChecker({ limitMs: 20 });
    expect(await check({ "test/bad.test.ts": BAD }, { signal })).toEqual([]);
    expect(project.notes).toEqual(["The suite is not type-checked: it took longer than 0.0 s."]);
  });

  test("looks at JavaScript only where the project has it checked", async () => {
    using project = aToolProject({
      "tsconfig.json": JSON.stringify({
        compilerOptions: { allowJs: true, checkJs: true, module: "nodenext", target: "es2022" },
      }),
      ...SOURCE,
    });
    const text = `import { add } from "../src/a.ts";\nadd("1", 2);\n`;
    const files = { "test/a.test.mjs": text };
    expect(await project.typeChecker({ limitMs: 0 })(files, { signal })).toEqual([]);
    expect(project.notes).toEqual([]);
    const diagnostics = await project.typeChecker({ checksJavaScript: true })(files, { signal });
    expect(diagnostics).toMatchObject([{ file: "test/a.test.mjs", line: 2 }]);
  });
});
