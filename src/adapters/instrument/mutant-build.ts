import { setImmediate as nextTurn } from "node:timers/promises";

import type * as Stryker from "@stryker-mutator/instrumenter";

import type { Mutant, MutantBuild, SourceOverlay } from "../../contract/mutant.ts";
import { sha256, shortHash, toCanonicalJson } from "../../kernel/hash.ts";
import type { SkippedFile, SourceText } from "../../ports/mutant-engine.ts";
import { loadInstrumentLibraries, type InstrumentLibraries } from "./babel.ts";
import { createErasurePass } from "./erasure-pass.ts";
import { createFuelPass } from "./fuel.ts";
import { generateCode } from "./generate-code.ts";
import { toDialect, toParseFailure } from "./parse.ts";
import { toRuntimeHandle } from "./runtime-header.ts";
import { readSource, toSizeSkip, toTransformFailure } from "./source-reader.ts";
import { loadStryker, type StrykerFile, type StrykerKit } from "./stryker.ts";
import { mayBeErasable, needsTranspile, transpile } from "./transpile.ts";

export interface MutantBuildOptions {
  readonly maxFileBytes: number;
  readonly hasLegacyDecorators: boolean;
  readonly warn: (message: string) => void;
}

export type MutantBuildResult = MutantBuild & {
  readonly skipped: readonly SkippedFile[];
  readonly searchOverlay: SourceOverlay;
};

/**
 * Compiles every mutant of StrykerJS's default mutators into the files, behind StrykerJS's switch.
 * The list holds what StrykerJS counts in (killed + timed out) / all for the same files: every mutant
 * it places, load-time ones included, without those that a `Stryker disable` comment ignores.
 */
export async function buildMutants(
  files: readonly SourceText[],
  options: MutantBuildOptions,
  load: (warn: MutantBuildOptions["warn"]) => Promise<StrykerKit> = loadStryker,
): Promise<MutantBuildResult> {
  const stryker = await load(options.warn);
  const { readable, skipped } = await parseAll(stryker, files, options.maxFileBytes);
  const { result, failures } = await instrumentAll(stryker, readable);
  skipped.push(...failures);
  const overlays = await finish(result, readable, options);
  return { ...overlays, mutants: toMutants(result, readable), skipped };
}

async function parseAll(
  stryker: StrykerKit,
  files: readonly SourceText[],
  maxFileBytes: number,
): Promise<{ readable: StrykerFile[]; skipped: SkippedFile[] }> {
  const readable: StrykerFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const file of files) {
    const dialect = toDialect(file.path);
    const sizeSkip = toSizeSkip(file, maxFileBytes);
    if (dialect === null) {
      skipped.push({ path: file.path, reason: "not a JavaScript or TypeScript source" });
    } else if (sizeSkip !== null) {
      skipped.push(sizeSkip);
    } else {
      try {
        readable.push({ ...file, dialect, ast: await stryker.parse(file, dialect) });
      } catch (failure) {
        skipped.push({ path: file.path, ...toParseFailure(failure) });
      }
    }
  }
  return { readable, skipped };
}

/** One numbering over all files, as StrykerJS has it; a file whose mutants cannot be placed is left out. */
async function instrumentAll(
  stryker: StrykerKit,
  files: readonly StrykerFile[],
): Promise<{ result: Stryker.InstrumentResult; failures: SkippedFile[] }> {
  try {
    return { result: await stryker.instrument(files), failures: [] };
  } catch {
    // Trees are used up, and which file failed is not said: each is tried alone, then the good ones again.
    const good: StrykerFile[] = [];
    const failures: SkippedFile[] = [];
    for (const file of files) {
      try {
        await stryker.instrument([await reparse(stryker, file)]);
        good.push(file);
      } catch (failure) {
        failures.push(toTransformFailure(file.path, failure));
      }
    }
    const again: StrykerFile[] = [];
    for (const file of good) again.push(await reparse(stryker, file));
    return { result: await stryker.instrument(again), failures };
  }
}

async function reparse(stryker: StrykerKit, file: StrykerFile): Promise<StrykerFile> {
  return { ...file, ast: await stryker.parse(file, file.dialect) };
}

/** Adds fuel to the printed files, and transpiles a second copy for the search. */
async function finish(
  result: Stryker.InstrumentResult,
  files: readonly StrykerFile[],
  options: MutantBuildOptions,
): Promise<{ overlay: SourceOverlay; searchOverlay: SourceOverlay }> {
  const libraries = loadInstrumentLibraries();
  const dialects = new Map(files.map((file) => [file.path, file.dialect]));
  const overlay: Record<string, string> = {};
  const searchOverlay: Record<string, string> = {};
  for (const { name: path, content } of result.files) {
    await nextTurn();
    const dialect = dialects.get(path);
    const fueled = addFuel(libraries, { path, content }, options);
    overlay[path] = fueled.content;
    searchOverlay[path] =
      dialect !== undefined && needsTranspile(dialect, path)
        ? transpile({ path, dialect, ...fueled }, options)
        : fueled.content;
  }
  return { overlay, searchOverlay };
}

function addFuel(
  libraries: InstrumentLibraries,
  file: SourceText,
  options: MutantBuildOptions,
): { readonly content: string; readonly isErasable: boolean } {
  const read = readSource(libraries.parse, file, Number.POSITIVE_INFINITY);
  if ("source" in read) {
    const { ast, dialect } = read.source;
    const fuel = createFuelPass(libraries, toRuntimeHandle(file.path));
    if (!mayBeErasable(dialect)) {
      return { content: generateCode(libraries, ast, [fuel]), isErasable: false };
    }
    const erasure = createErasurePass(libraries);
    const content = generateCode(libraries, ast, [erasure, fuel]);
    return { content, isErasable: erasure.isErasable() };
  }
  options.warn(`${file.path}: mutants have no loop fuel (${read.skipped.reason})`);
  return { content: file.content, isErasable: false };
}

function toMutants(result: Stryker.InstrumentResult, files: readonly SourceText[]): Mutant[] {
  const sourceHashes = new Map(files.map((file) => [file.path, sha256(file.content)]));
  const occurrences = new Map<string, number>();
  return result.mutants.flatMap((mutant) => {
    if (mutant.status === "Ignored") return [];
    const { fileName: file, mutatorName: mutator, replacement, location } = mutant;
    // StrykerJS counts lines from 0 inside.
    const range = {
      start: { line: location.start.line + 1, column: location.start.column },
      end: { line: location.end.line + 1, column: location.end.column },
    };
    const content = toCanonicalJson([file, sourceHashes.get(file), mutator, range, replacement]);
    // Two mutants may read the same; the second gets its place among its equals into the hash.
    const occurrence = occurrences.get(content) ?? 0;
    occurrences.set(content, occurrence + 1);
    const id = shortHash(occurrence === 0 ? content : `${content}#${occurrence.toString()}`);
    return [{ id, switchId: mutant.id, file, mutator, range, replacement }];
  });
}
