import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { aProject } from "../project-builder.ts";

const execute = promisify(execFile);
const SOURCES = new URL("../../../../src/", import.meta.url).href;

test("the checker's thread compiles TypeScript into the compile cache of its process", async () => {
  const root = await aProject({ "index.ts": "export const a = (n: number): number => n;" });
  const cache = await mkdtemp(join(tmpdir(), "regoose-cache-"));
  try {
    const request = {
      ...{ root, dependencyPaths: [], needsNodeTypes: false, maxFileBytes: 100_000 },
      entries: [
        { file: "index.ts", typesPath: join(root, "index.ts"), sourcePath: null, moduleNames: [] },
      ],
    };
    const script = `
      import { enableCompileCache } from "node:module";
      import { createSystemClock } from "${SOURCES}kernel/clock.ts";
      import { runTypes } from "${SOURCES}analysis/types/run-types.ts";
      enableCompileCache(${JSON.stringify(cache)});
      const { callables } = await runTypes(createSystemClock(), ${JSON.stringify(request)}, 30_000);
      console.log(callables.get("index.ts").length);`;
    const args = ["--no-warnings", "--input-type=module", "-e", script];
    // Vitest switches the cache off where it counts what is covered.
    const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: undefined, NODE_V8_COVERAGE: "" };
    const { stdout } = await execute(process.execPath, args, { timeout: 60_000, env });
    expect(stdout.trim()).toBe("1");
    const files = await readdir(cache, { recursive: true });
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(cache, file))).size),
    );
    expect(Math.max(...sizes)).toBeGreaterThan(1_000_000);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});
