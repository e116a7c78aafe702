/**
 * Vitest's V8 coverage with the processes that the tests start counted too: the built command and
 * the search workers. A sandbox has a scrubbed environment, so what runs in one is not counted.
 *
 * Vitest, the compiler and Node each turn a source into a different text, and a branch found in one
 * lies a column off from the same branch found in another; merged by position it would count twice.
 * So branches are found in one text only, the source with its types blanked out, and every process
 * merely says how often it came by.
 */
import { randomUUID } from "node:crypto";
import type { Profiler } from "node:inspector";
import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import v8 from "@vitest/coverage-v8";
import { V8CoverageProvider } from "@vitest/coverage-v8/dist/provider.js";
import type { CoverageProviderModule } from "vitest/node";
import { condenseReports, readChildHits } from "./children.ts";
import { toFunctions, toHits, toSourceHits } from "./hits.ts";
import { readPositionPairs } from "./position-pairs.ts";

type Functions = readonly Profiler.FunctionCoverage[];
type FileCoverages = Parameters<
  Awaited<ReturnType<V8CoverageProvider["generateCoverage"]>>["merge"]
>[0];

/** What vitest's provider has beyond its types. */
interface Insides {
  /** By which the test processes find this module again. */
  name: string;
  /** The step that finds branches. */
  remapCoverage: (
    url: string,
    wrapperLength: number,
    text: { readonly code: string; readonly map?: { readonly mappings: string } | undefined },
    functions: Functions,
  ) => Promise<FileCoverages>;
}

/** Names the folder in which Node leaves what a process reached. */
const VARIABLE = "NODE_V8_COVERAGE";

const module: CoverageProviderModule = {
  ...v8,

  async startCoverage(options) {
    await v8.startCoverage?.(options);
    // Read by the processes that a test starts, not by this one, which runs already.
    process.env[VARIABLE] = join(tmpdir(), `regoose-coverage-${randomUUID()}`);
  },

  async takeCoverage(options) {
    const taken: unknown = await v8.takeCoverage?.(options);
    const { coverageFilesDirectory } = options as { readonly coverageFilesDirectory: string };
    // Vitest loads this module again for each step: the variable is what lasts.
    const rawFolder = process.env[VARIABLE] ?? "";
    await condenseReports(rawFolder, toKeptFolder(coverageFilesDirectory), randomUUID());
    return taken;
  },

  getProvider() {
    const provider = new V8CoverageProvider();
    const insides = provider as unknown as Insides;
    insides.name = "custom";
    const findBranches = insides.remapCoverage.bind(provider);
    const generateCoverage = provider.generateCoverage.bind(provider);

    const count = (path: string, source: string, functions: Functions): Promise<FileCoverages> =>
      findBranches(pathToFileURL(path).href, 0, { code: blankTypes(source) }, functions);

    insides.remapCoverage = async (url, wrapperLength, { code, map }, functions) => {
      const path = fileURLToPath(url);
      const source = await readFile(path, "utf8");
      if (functions.length === 0) return count(path, source, []);
      if (map === undefined) throw new Error(`${path} was run without a source map`);
      const hits = toHits(functions, wrapperLength + code.length).subarray(wrapperLength);
      const pairs = readPositionPairs(map.mappings, source, code);
      return count(path, source, toFunctions(toSourceHits({ text: code, hits }, pairs, source)));
    };

    provider.generateCoverage = async (context) => {
      const coverage = await generateCoverage(context);
      for (const [path, hits] of await readChildHits(
        toKeptFolder(provider.coverageFilesDirectory),
      )) {
        const source = await readFile(path, "utf8");
        coverage.merge(await count(path, source, toFunctions(hits)));
      }
      return coverage;
    };
    return provider;
  },
};

export default module;

function toKeptFolder(coverageFiles: string): string {
  return join(coverageFiles, "children");
}

function blankTypes(source: string): string {
  const code = stripTypeScriptTypes(source);
  if (code.length !== source.length) throw new Error("stripping types moved the code");
  return code;
}
