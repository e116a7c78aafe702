/**
 * Runs inside, as the main script: starts Vitest through its Node API on the project's own
 * configuration, without anything in it that chooses files, reports, measures, repeats, watches or
 * stops early. A configuration file of our own would be bundled into `node_modules`, which is read-only.
 */
export const VITEST_RUN_CODE = `
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = process.cwd();
const EXTENSIONS = ["ts", "mts", "cts", "js", "mjs", "cjs"];
process.env.VITEST ??= "true";
process.env.NODE_ENV ??= "test";

// Older versions read a workspace file wherever it stands; this is a private copy.
for (const extension of [...EXTENSIONS, "json"]) {
  for (const name of ["vitest.workspace.", "vitest.projects."]) {
    rmSync(join(root, name + extension), { force: true });
  }
}

const { startVitest } = await import("vitest/node");

const findOwn = () => {
  for (const name of ["vitest.config.", "vite.config."]) {
    for (const extension of EXTENSIONS) {
      if (existsSync(join(root, name + extension))) return join(root, name + extension);
    }
  }
  return null;
};

const loadThroughVite = async (path) => {
  const vitest = createRequire(join(root, "package.json")).resolve("vitest/package.json");
  const { loadConfigFromFile } = await import(
    pathToFileURL(createRequire(vitest).resolve("vite")).href
  );
  const found = await loadConfigFromFile(
    { command: "serve", mode: "test" }, path, root, "silent", undefined, "runner",
  );
  return found?.config ?? {};
};

const loadOwn = async (path) => {
  const module = await import(pathToFileURL(path).href);
  const exported = await (module.default?.default ?? module.default ?? {});
  return typeof exported === "function" ? exported({ command: "serve", mode: "test" }) : exported;
};

const readOwn = async () => {
  const path = findOwn();
  if (path === null) return {};
  let problem;
  for (const load of [loadOwn, loadThroughVite]) {
    try {
      return (await load(path)) ?? {};
    } catch (failure) {
      problem = failure;
    }
  }
  console.error("the project's Vitest configuration could not be read: " + problem);
  return {};
};

const DROPPED = [
  "api", "attachmentsDir", "bail", "benchmark", "browser", "cache", "changed", "cliExclude", "coverage", "dangerouslyIgnoreUnhandledErrors",
  "dir", "exclude", "fileParallelism", "forceRerunTriggers", "include", "includeSource", "inspect",
  "inspectBrk", "maxConcurrency", "maxWorkers", "minWorkers", "mode", "name", "open", "outputFile",
  "passWithNoTests", "pool", "poolMatchGlobs", "poolOptions", "projects", "related", "repeats", "reporter",
  "reporters", "retry", "root", "run", "runner", "sequence", "shard", "silent", "tags", "testNamePattern",
  "typecheck", "ui", "uiBase", "update", "watch", "watchExclude", "watchTriggerPatterns", "workspace",
];

const own = await readOwn();
const test = { ...own.test };
for (const key of DROPPED) delete test[key];
if (settings.isWrittenSuite) delete test.globalSetup;
const toPattern = (file) => file.replace(/[$^*+?()[\\]{}!@|\\\\]/gu, "\\\\$&");
const timeouts = settings.timeoutMs === null
  ? {}
  : { testTimeout: settings.timeoutMs, hookTimeout: settings.timeoutMs };

const vitest = await startVitest(
  "test",
  [],
  {
    config: false,
    root,
    dir: root,
    run: true,
    watch: false,
    include: settings.files.map(toPattern),
    exclude: [],
    pool: "forks",
    fileParallelism: false,
    isolate: true,
    reporters: [harness.createReporter()],
    runner: join(root, settings.folder, "vitest-runner.mjs"),
    coverage: { enabled: false },
    typecheck: { enabled: false },
    browser: { enabled: false },
    sequence: { shuffle: false, concurrent: false, hooks: own.test?.sequence?.hooks },
    retry: 0,
    bail: 0,
    passWithNoTests: true,
    allowOnly: true,
    update: false,
    cache: false,
    ...timeouts,
  },
  { ...own, root, configFile: false, envFile: false, cacheDir: "/tmp/vite", clearScreen: false, logLevel: "error", server: { ...own.server, watch: null }, test },
);
await vitest?.close();
process.exit();
`;
