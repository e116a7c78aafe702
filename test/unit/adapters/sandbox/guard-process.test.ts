import module, { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guardModules } from "../../../../src/adapters/sandbox/guarded/guard-modules.ts";
import { guardProcess } from "../../../../src/adapters/sandbox/guarded/guard-process.ts";

// Changes this whole process: test files have one each, and nothing else runs in it.
describe("signals", () => {
  beforeAll(() => {
    guardProcess();
  });

  test("reach this process only", () => {
    expect(process.kill(process.pid, 0)).toBe(true);
    for (const pid of [process.ppid, 1, -1, 0]) {
      expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: "EPERM" }));
    }
  });

  test("start no debugger elsewhere", () => {
    const internals = process as unknown as { _debugProcess: (pid: number) => void };
    expect(() => {
      internals._debugProcess(process.ppid);
    }).toThrow(/no other process/u);
  });

  test("and no compile cache is written", () => {
    const { status } = module.enableCompileCache("/nonexistent");
    expect(status).toBe(module.constants.compileCacheStatus.DISABLED);
  });
});

describe("packages", () => {
  let root: string;
  let require: NodeJS.Require;
  const far = "regoose-far";
  const load = (name: string): unknown => require(name);
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "regoose-modules-"));
    const aPackage = (folder: string, name: string, content: string): void => {
      const path = join(root, folder, "node_modules", name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, "index.js"), content);
      writeFileSync(join(path, "package.json"), JSON.stringify({ name, main: "index.js" }));
    };
    aPackage("near", "regoose-both", "module.exports = 'near'");
    aPackage("far", "regoose-both", "module.exports = 'far'");
    aPackage("far", "regoose-far", "module.exports = 'far'");
    mkdirSync(join(root, "work"));
    require = createRequire(join(root, "work/main.cjs"));
    guardModules([]);
    guardModules(
      ["near", "far"].map((name) => ({ above: root, folder: join(root, name, "node_modules") })),
    );
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test("are required from the folders given, nearest first", () => {
    expect(load("regoose-both")).toBe("near");
    expect(load("regoose-far")).toBe("far");
    expect(require.resolve(far)).toBe(join(root, "far/node_modules/regoose-far/index.js"));
  });

  test("that are nowhere are still missing, and files are not looked for there", () => {
    expect(() => load("regoose-none")).toThrow(/Cannot find module 'regoose-none'/u);
    expect(() => load("./regoose-far")).toThrow(/Cannot find module/u);
  });
});
