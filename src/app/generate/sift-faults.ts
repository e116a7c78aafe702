import type { ProposedFault } from "../../contract/agents.ts";
import type { Mutant, PatchBuild, SourceRange } from "../../contract/mutant.ts";
import { createPatchMutant, type PatchMutant } from "../../contract/patch-mutant.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import { toOffset, toPatchBuild } from "./patch-builds.ts";

/** Why a proposed fault is no mutant of its own. */
export type NoFault =
  "not-found" | "does-not-build" | "same-as-code" | "same-as-another" | "same-as-mechanical";

/** A fault that is a mutant of its own. */
export interface KeptFault {
  readonly patch: PatchMutant;
  readonly build: PatchBuild;
}

export interface Sifted {
  readonly kept: readonly KeptFault[];
  readonly dropped: readonly NoFault[];
}

/** Mechanical mutants near a patch that are compared with it; each costs a parse. */
const MOST_COMPARED = 80;

/**
 * The equivalence pre-pass: of proposed faults, those that compile to another program than the code, than each other
 * and than any mechanical mutant near them. `normalise` answers null for what does not parse.
 */
export function siftFaults(
  faults: readonly ProposedFault[],
  input: {
    readonly sources: readonly SourceText[];
    readonly mutants: readonly Mutant[];
    readonly by: string;
    readonly normalise: (path: string, content: string) => string | null;
  },
): Sifted {
  const kept: KeptFault[] = [];
  const dropped: NoFault[] = [];
  const seen = new Set<string>();
  for (const fault of faults) {
    const found = toKept(fault, input, seen);
    if (typeof found === "string") dropped.push(found);
    else kept.push(found);
  }
  return { kept, dropped };
}

function toKept(
  { file, search, replace, why }: ProposedFault,
  { sources, mutants, by, normalise }: Parameters<typeof siftFaults>[1],
  seen: Set<string>,
): KeptFault | NoFault {
  const source = sources.find(({ path }) => path === file)?.content;
  const offset = source?.indexOf(search) ?? -1;
  // Twice would be two patches, and nobody said which.
  if (source === undefined || offset < 0 || source.includes(search, offset + 1)) return "not-found";
  const small = trim({ offset, original: search, replacement: replace });
  const patch = createPatchMutant(source, {
    ...{ file, ...small },
    by: { kind: "agent", name: by, why },
  });
  const build = patch === null ? null : toPatchBuild(source, patch);
  if (patch === null || build === null) return "same-as-code";
  const text = normalise(file, build.overlay[file] ?? "");
  if (text === null) return "does-not-build";
  if (text === normalise(file, source)) return "same-as-code";
  if (seen.has(`${file}\n${text}`)) return "same-as-another";
  const near = mutants.filter((one) => one.file === file && touches(one.range, build.mutant.range));
  const isKnown = near
    .slice(0, MOST_COMPARED)
    .some((one) => text === normalise(file, applyMutant(source, one)));
  if (isKnown) return "same-as-mechanical";
  seen.add(`${file}\n${text}`);
  return { patch, build };
}

/** What search and replacement have in common at both ends goes, so that the change itself is shown. */
function trim(one: {
  readonly offset: number;
  readonly original: string;
  readonly replacement: string;
}): {
  readonly offset: number;
  readonly original: string;
  readonly replacement: string;
} {
  const { offset, original, replacement } = one;
  const most = Math.min(original.length, replacement.length);
  const isCommon = (count: number): boolean =>
    original.slice(0, count) === replacement.slice(0, count);
  let head = 0;
  while (head < most && isCommon(head + 1)) head += 1;
  // Cut at words, so that what is left reads as code.
  while (head > 0 && /\w/u.test(original.charAt(head - 1))) head -= 1;
  let tail = 0;
  while (tail < most - head && original.at(-1 - tail) === replacement.at(-1 - tail)) tail += 1;
  while (tail > 0 && /\w/u.test(original.charAt(original.length - tail))) tail -= 1;
  const cut = {
    offset: offset + head,
    original: original.slice(head, original.length - tail),
    replacement: replacement.slice(head, replacement.length - tail),
  };
  return cut.original === "" ? one : cut;
}

const touches = (one: SourceRange, other: SourceRange): boolean =>
  one.start.line <= other.end.line && other.start.line <= one.end.line;

function applyMutant(source: string, { range, replacement }: Mutant): string {
  return (
    source.slice(0, toOffset(source, range.start)) +
    replacement +
    source.slice(toOffset(source, range.end))
  );
}
