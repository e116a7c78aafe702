import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { detectProject, type DetectedProject } from "../../../src/analysis/detect-project.ts";
import { aProject, thrownBy, writeFiles } from "./project-builder.ts";

const CJS = "exports.add = (a, b) => a + b;\n";
const ESM = "export const add = (a, b) => a + b;\n";

async function detect(
  files: Readonly<Record<string, unknown>>,
  onlyFiles: readonly string[] = [],
): Promise<DetectedProject> {
  return detectProject({ path: await aProject(files), onlyFiles });
}

function filesOf(project: DetectedProject): readonly string[] {
  return project.entryPoints.map((entry) => entry.file);
}

describe("finding the project", () => {
  test("describes a plain CommonJS package", async () => {
    const root = await aProject({
      "package.json": { name: "p", version: "1.2.3" },
      "index.js": CJS,
    });
    expect(await detectProject({ path: root })).toEqual({
      root,
      name: "p",
      version: "1.2.3",
      system: "commonjs",
      isTypeScript: false,
      packageManager: "npm",
      runner: "node",
      isRunnerDetected: false,
      runnerBinPath: null,
      entryPoints: [{ specifier: ".", file: "index.js", system: "commonjs" }],
      sourceFiles: ["index.js"],
      testFiles: [],
      testsFolder: "test",
      testScript: null,
      repository: null,
      dependencyFolders: [],
      formatter: null,
      tsconfigPath: null,
      degradations: [],
      notes: [],
    });
  });

  test("looks upwards from a file or folder, past folders that only mark a module system", async () => {
    const root = await aProject({
      "package.json": { name: "p", main: "lib/esm/a.js" },
      "lib/esm/package.json": { type: "module" },
      "lib/esm/a.js": ESM,
    });
    for (const path of [join(root, "lib/esm/a.js"), join(root, "lib/esm"), root]) {
      const project = await detectProject({ path });
      expect(project.root).toBe(root);
      expect(project.entryPoints).toEqual([
        { specifier: ".", file: "lib/esm/a.js", system: "esm" },
      ]);
    }
  });

  test("accepts a folder without package.json", async () => {
    const esm = await detect({ "a.js": ESM });
    expect([esm.name, esm.system, esm.version]).toEqual(["project", "esm", null]);
    const cjs = await detect({ "a.js": CJS });
    expect(cjs.system).toBe("commonjs");
  });

  test("names what is missing or empty", async () => {
    expect(await thrownBy(detectProject({ path: "/no/such/thing" }))).toMatchObject({
      code: "RGS-1001",
    });
    expect(await thrownBy(detect({ "package.json": {} }))).toMatchObject({ code: "RGS-1002" });
    expect(await thrownBy(detect({ "a.js": "console.log(1);" }))).toMatchObject({
      code: "RGS-1002",
      errorClass: "user",
    });
  });

  test("names the place of a syntax error when nothing parses", async () => {
    const error = await thrownBy(
      detect({ "package.json": {}, "index.js": "exports.a = 1;\nlet = (;\n" }),
    );
    expect(error).toMatchObject({
      code: "RGS-1003",
      message: expect.stringContaining("index.js:2:") as string,
    });
    const all = await thrownBy(detect({ "src/a.js": "let = (;", "src/b.js": "}" }));
    expect(all).toMatchObject({ code: "RGS-1003" });
  });

  test("keeps going when only some sources are broken", async () => {
    const project = await detect({ "src/a.js": "let = (;", "src/b.js": ESM });
    expect(filesOf(project)).toContain("src/b.js");
  });

  test("names a native addon", async () => {
    const files = {
      "package.json": { main: "build/Release/x.node" },
      "binding.gyp": "{}",
      "src/x.cc": "",
    };
    expect(await thrownBy(detect(files))).toMatchObject({ code: "RGS-1004" });
  });

  test.each([
    ["{ broken", 1],
    ['{\n  "name": oops\n}', 2],
    ["[1]", 1],
  ])("places what is wrong in package.json %j", async (text, line) => {
    const error = await thrownBy(detect({ "package.json": text, "index.js": CJS }));
    expect(error).toMatchObject({ code: "RGS-1005", details: { line } });
  });

  test("refuses a package.json that is a link out of the project", async () => {
    const root = await aProject({ "index.js": CJS });
    await writeFiles(join(root, ".."), { "other.json": { name: "leak" } });
    await symlink("../other.json", join(root, "package.json"));
    expect(await thrownBy(detectProject({ path: root }))).toMatchObject({ code: "RGS-1005" });
  });
});

describe("entry points", () => {
  test.each([
    [{ main: "lib/a" }, { "lib/a.js": CJS }, "lib/a.js"],
    [{ main: "./lib" }, { "lib/index.js": CJS }, "lib/index.js"],
    [{}, { "index.cjs": CJS }, null],
    [{ type: "module", module: "m.js", main: "c.cjs" }, { "m.js": ESM, "c.cjs": CJS }, "m.js"],
    [{ module: "m.mjs", main: "c.js" }, { "m.mjs": ESM, "c.js": CJS }, "c.js"],
    [{ module: "m.mjs" }, { "m.mjs": ESM }, "m.mjs"],
  ])("follow %j", async (manifest, files, expected) => {
    const project = await detect({ "package.json": manifest, ...files });
    expect(filesOf(project)[0]).toBe(expected ?? "index.cjs");
  });

  test("follow exports: subpaths, patterns, conditions; skip data and repeats", async () => {
    const project = await detect({
      "package.json": {
        name: "p",
        exports: {
          ".": { import: "./m.mjs", require: "./c.cjs" },
          "./same": "./c.cjs",
          "./sub": "./lib/sub.js",
          "./x/*": "./more/*.js",
          "./package.json": "./package.json",
          "./style.css": "./style.css",
          "./gone": "./gone.js",
        },
      },
      "m.mjs": ESM,
      "c.cjs": CJS,
      "lib/sub.js": CJS,
      "more/one.js": CJS,
      "more/deep/two.js": CJS,
      "style.css": "",
    });
    expect(project.entryPoints).toEqual([
      { specifier: ".", file: "c.cjs", system: "commonjs" },
      { specifier: "./sub", file: "lib/sub.js", system: "commonjs" },
      { specifier: "./x/deep/two", file: "more/deep/two.js", system: "commonjs" },
      { specifier: "./x/one", file: "more/one.js", system: "commonjs" },
    ]);
    expect(project.degradations).toContainEqual(expect.stringContaining('./gone.js for "./gone"'));
  });

  test("leave out expanded files that an entry loads anyway", async () => {
    const project = await detect({
      "package.json": { exports: { ".": "./index.js", "./*": "./lib/*.js" } },
      "index.js": "exports.a = require('./lib/a');",
      "lib/a.js": CJS,
      "lib/b.js": CJS,
    });
    expect(filesOf(project)).toEqual(["index.js", "lib/b.js"]);
  });

  test("take the import half where the project imports", async () => {
    const manifest = { exports: { import: "./m.mjs", require: "./c.cjs" } };
    const files = { "m.mjs": ESM, "c.cjs": CJS };
    const byTests = await detect({
      "package.json": manifest,
      ...files,
      "test/a.test.mjs": 'import test from "node:test";',
    });
    expect(filesOf(byTests)).toEqual(["m.mjs"]);
    const byType = await detect({ "package.json": { ...manifest, type: "module" }, ...files });
    expect(filesOf(byType)).toEqual(["m.mjs"]);
  });

  test("fall back to the other half when one is missing", async () => {
    const project = await detect({
      "package.json": { exports: { import: "./m.mjs", require: "./c.cjs" } },
      "m.mjs": ESM,
    });
    expect(filesOf(project)).toEqual(["m.mjs"]);
  });

  test.each([
    ["dist/index.js", { "src/index.ts": ESM }, "src/index.ts"],
    ["./dist/esm/util/a.js", { "src/util/a.ts": ESM }, "src/util/a.ts"],
    [
      "out/main.js",
      {
        "tsconfig.json": '{ "compilerOptions": { "outDir": "./out", "rootDir": "code" }, }',
        "code/main.ts": ESM,
      },
      "code/main.ts",
    ],
    ["dist/p.umd.js", { "src/index.js": ESM }, "src/index.js"],
    ["dist/index.cjs", { "source/index.js": ESM }, "source/index.js"],
    ["build/a.js", { "a.ts": ESM }, "a.ts"],
  ])("stand for the missing build %s", async (main, files, expected) => {
    const project = await detect({ "package.json": { name: "p", main }, ...files });
    expect(filesOf(project)).toEqual([expected]);
    expect(project.notes[0]).toContain("is not built");
  });

  test("follow the source field of package.json", async () => {
    const project = await detect({
      "package.json": { name: "p", main: "dist/p.js", source: "code/entry.ts" },
      "code/entry.ts": ESM,
    });
    expect([filesOf(project), project.isTypeScript]).toEqual([["code/entry.ts"], true]);
  });

  test("read tsconfig through extends inside the project", async () => {
    const project = await detect({
      "package.json": { main: "made/a.js" },
      "tsconfig.json": { extends: "./config/base" },
      "config/base.json": { compilerOptions: { outDir: "../made", rootDir: "../ts" } },
      "ts/a.ts": ESM,
    });
    expect([filesOf(project), project.tsconfigPath]).toEqual([["ts/a.ts"], "tsconfig.json"]);
  });

  test("keep a build that Node could not run from its sources", async () => {
    const project = await detect({
      "package.json": { main: "dist/a.js" },
      "dist/a.js": CJS,
      "src/a.ts": 'import { b } from "./b";\nexport enum E { A }\nexport const c = b;',
      "src/b.ts": ESM,
    });
    expect([filesOf(project), project.sourceFiles]).toEqual([["dist/a.js"], ["dist/a.js"]]);
  });

  test("take sources that Node runs as they are instead of their build", async () => {
    const project = await detect({
      "package.json": { type: "module", main: "dist/a.js" },
      "dist/a.js": ESM,
      "src/a.ts": 'export * from "./b.ts";',
      "src/b.ts": ESM,
    });
    expect(filesOf(project)).toEqual(["src/a.ts"]);
  });

  test("take sources that the project's own tests use", async () => {
    const project = await detect({
      "package.json": { main: "lib/a.js" },
      "lib/a.js": CJS,
      "src/a.js": ESM,
      "test/a.test.js": 'const a = require("../src/a");',
    });
    expect(filesOf(project)).toEqual(["src/a.js"]);
  });

  test("are every exporting source when package.json names none", async () => {
    const project = await detect({
      "package.json": { private: true },
      "src/a.js": ESM,
      "src/side-effect.js": "console.log(1);",
      "src/b/c.ts": "export interface Shape { a: number }",
      "tool.js": CJS,
      "packages/other/package.json": { name: "other" },
      "packages/other/index.js": CJS,
    });
    expect(filesOf(project)).toEqual(["src/a.js"]);
  });

  test("are the named files when some were asked for", async () => {
    const files = {
      "package.json": { main: "index.js" },
      "index.js": "exports.a = require('./lib/a');",
      "lib/a.js": CJS,
      "lib/b.js": "module.exports = function b() {};",
    };
    const project = await detect(files, ["index.js", "lib/b.js"]);
    expect(project.entryPoints.map(({ specifier, file }) => [specifier, file])).toEqual([
      [".", "index.js"],
      ["./lib/b.js", "lib/b.js"],
    ]);
    const inner = await detect({ ...files, "lib/c.js": "console.log(1)" }, ["lib/c.js"]);
    expect(filesOf(inner)).toEqual(["index.js"]);
    expect(inner.notes[0]).toContain("export nothing");
  });
});

describe("source files", () => {
  test("are what the entry points load", async () => {
    const project = await detect({
      "package.json": { name: "p", main: "index.js", imports: { "#in": "./lib/in.js" } },
      "index.js":
        'require("./lib/a");require("#in");require("p/lib/self");new Worker("./lib/worker.js");require("other");exports.a = 1;',
      "lib/a.js": 'module.exports = require("../lib");require("./data.json")',
      "lib/index.js": CJS,
      "lib/in.js": CJS,
      "lib/self.js": CJS,
      "lib/worker.js": CJS,
      "lib/stray.js": CJS,
      "lib/a.test.js": "",
    });
    expect(project.sourceFiles).toEqual([
      "index.js",
      "lib/a.js",
      "lib/in.js",
      "lib/index.js",
      "lib/self.js",
      "lib/worker.js",
    ]);
    expect(project.notes).toContainEqual(expect.stringContaining("lib/stray.js is not loaded"));
  });

  test("are everything below a file that loads by computed name", async () => {
    const project = await detect({
      "package.json": {},
      "index.js": "exports.load = (name) => require('./lib/' + name);",
      "lib/a.js": CJS,
      "lib/b.test.js": "",
    });
    expect(project.sourceFiles).toEqual(["index.js", "lib/a.js"]);
  });

  test("follow tsconfig paths and baseUrl", async () => {
    const project = await detect({
      "package.json": { main: "dist/a.js" },
      "tsconfig.json": `{ // comment
        "compilerOptions": { "baseUrl": "src", "paths": { "@/*": ["*"], "exact": ["b.ts"], "broken": 3 } } }`,
      "src/a.ts": 'import "@/lib/x";import "exact";import "plain";export const a = 1;',
      "src/lib/x.ts": ESM,
      "src/b.ts": ESM,
      "src/plain.ts": ESM,
    });
    expect(project.sourceFiles).toEqual(["src/a.ts", "src/b.ts", "src/lib/x.ts", "src/plain.ts"]);
  });
});
