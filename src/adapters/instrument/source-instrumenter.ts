import { setImmediate as nextTurn } from "node:timers/promises";

import type {
  InitialCoverage,
  InstrumentedBuild,
  SkippedFile,
  SourceInstrumenter,
  SourceText,
} from "../../ports/mutant-engine.ts";
import { loadInstrumentLibraries, type InstrumentLibraries } from "./babel.ts";
import { createComparisonPass } from "./comparison-log.ts";
import { createCounterPass, type CounterResult } from "./counters.ts";
import { createErasurePass } from "./erasure-pass.ts";
import { createFuelPass } from "./fuel.ts";
import { generateCode, type Pass } from "./generate-code.ts";
import { buildMutants } from "./mutant-build.ts";
import { toRuntimeHandle } from "./runtime-header.ts";
import { readSource, toTransformFailure, type ReadSource } from "./source-reader.ts";
import { mayBeErasable, needsTranspile, transpile } from "./transpile.ts";

/** What the instrumenter reports beside its result. */
export interface SourceInstrumenterDeps {
  /** Takes one-line remarks, such as an unused `Stryker disable` comment. */
  readonly warn?: (message: string) => void;
}

export interface SourceInstrumenterOptions {
  /** `experimentalDecorators` of the project's tsconfig; default true, as most users of decorators have it. */
  readonly hasLegacyDecorators?: boolean;
  /** Larger files are left as they are; default 2 MB, about 10 s of processor time. */
  readonly maxFileBytes?: number;
  /** Larger files get no mutants; default 0.5 MB, about 5 s of processor time and 25,000 mutants. */
  readonly maxMutantFileBytes?: number;
}

const MAX_FILE_BYTES = 2_000_000;
const MAX_MUTANT_FILE_BYTES = 500_000;

/**
 * Builds instrumented copies of source files by parsing alone: no code, configuration or plugin of the
 * project is loaded. One bad file never fails a build; it is listed under `skipped`. Same input, same output.
 */
export function createSourceInstrumenter(
  deps: SourceInstrumenterDeps = {},
  options: SourceInstrumenterOptions = {},
): SourceInstrumenter {
  const hasLegacyDecorators = options.hasLegacyDecorators ?? true;
  const maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
  return {
    coverageBuild: (files) =>
      buildEach(files, maxFileBytes, (libraries, source, counters) => {
        const pass = createCounterPass(libraries, source.path, counters);
        return generateCode(libraries, source.ast, [pass]);
      }),
    searchBuild: (files) =>
      buildEach(files, maxFileBytes, (libraries, source, counters) => {
        const passes = toSearchPasses(libraries, source, counters);
        const erasure = mayBeErasable(source.dialect) ? createErasurePass(libraries) : null;
        const all = erasure === null ? passes : [erasure, ...passes];
        const content = generateCode(libraries, source.ast, all);
        if (!needsTranspile(source.dialect, source.path)) return content;
        const isErasable = erasure?.isErasable() === true;
        return transpile({ ...source, content, isErasable }, { hasLegacyDecorators });
      }),
    mutantBuild: (files) =>
      buildMutants(files, {
        maxFileBytes: options.maxMutantFileBytes ?? MAX_MUTANT_FILE_BYTES,
        hasLegacyDecorators,
        warn: deps.warn ?? (() => undefined),
      }),
  };
}

/** Counters go first: what the others insert has no place in the counts. */
function toSearchPasses(
  libraries: InstrumentLibraries,
  source: ReadSource,
  counters: CounterResult,
): Pass[] {
  const handle = toRuntimeHandle(source.path);
  return [
    createCounterPass(libraries, source.path, counters),
    createComparisonPass(libraries, handle),
    createFuelPass(libraries, handle),
  ];
}

async function buildEach(
  files: readonly SourceText[],
  maxFileBytes: number,
  build: (libraries: InstrumentLibraries, source: ReadSource, counters: CounterResult) => string,
): Promise<InstrumentedBuild> {
  const libraries = loadInstrumentLibraries();
  const overlay: Record<string, string> = {};
  const coverage: Record<string, InitialCoverage> = {};
  const skipped: SkippedFile[] = [];
  for (const file of files) {
    // Parsing blocks; signals and progress get their turn between files.
    await nextTurn();
    const read = readSource(libraries.parse, file, maxFileBytes);
    if ("skipped" in read) {
      skipped.push(read.skipped);
      continue;
    }
    const counters: CounterResult = { coverage: null };
    try {
      overlay[file.path] = build(libraries, read.source, counters);
      if (counters.coverage !== null) coverage[file.path] = counters.coverage;
    } catch (failure) {
      skipped.push(toTransformFailure(file.path, failure));
    }
  }
  return { overlay, skipped, coverage };
}
