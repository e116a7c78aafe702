import { diffLines, type LineStep } from "./line-diff.ts";

/** A file before and after; null where it is not there. Texts may end without a line break. */
export interface FileChange {
  /** Relative, POSIX. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

const CONTEXT = 3;
const NO_BREAK = "\\ No newline at end of file";

/** All changes as one unified diff that `git apply` and `patch -p1` take; empty where nothing differs. */
export function toUnifiedDiff(changes: readonly FileChange[]): string {
  return changes.map(toFileDiff).join("");
}

/** How many lines a change takes and brings. */
export function countLines({ before, after }: FileChange): {
  readonly added: number;
  readonly removed: number;
} {
  const steps = diffLines(toLines(before), toLines(after));
  const count = (kind: LineStep["kind"]): number =>
    steps.filter((step) => step.kind === kind).length;
  return { added: count("new"), removed: count("old") };
}

function toFileDiff({ path, before, after }: FileChange): string {
  if (before === after) return "";
  const hunks = toHunks(diffLines(toLines(before), toLines(after)));
  const git = [`diff --git a/${path} b/${path}`];
  if (before === null) git.push("new file mode 100644");
  if (after === null) git.push("deleted file mode 100644");
  // An empty file has no hunk, and then no names either (git-diff, "generating patch text").
  if (hunks.length === 0) return `${git.join("\n")}\n`;
  const names = [
    `--- ${before === null ? "/dev/null" : `a/${path}`}`,
    `+++ ${after === null ? "/dev/null" : `b/${path}`}`,
  ];
  return `${[...git, ...names, ...hunks].join("\n")}\n`;
}

/** Lines with their breaks, so that a last line without one differs from the same with one. */
function toLines(text: string | null): readonly string[] {
  if (text === null || text === "") return [];
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

function toHunks(steps: readonly LineStep[]): readonly string[] {
  const lines: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  let index = 0;
  while (index < steps.length) {
    if (steps[index]?.kind === "same") {
      index += 1;
      oldLine += 1;
      newLine += 1;
      continue;
    }
    const first = Math.max(0, index - CONTEXT);
    const end = findEnd(steps, index);
    const part = steps.slice(first, end);
    const lead = index - first;
    const olds = part.filter(({ kind }) => kind !== "new").length;
    const news = part.filter(({ kind }) => kind !== "old").length;
    const place = `-${toRange(oldLine - lead, olds)} +${toRange(newLine - lead, news)}`;
    lines.push(`@@ ${place} @@`, ...part.flatMap(toDiffLines));
    oldLine += olds - lead;
    newLine += news - lead;
    index = end;
  }
  return lines;
}

/** Where a hunk ends: three equal lines after its last difference, those of a next one near by included. */
function findEnd(steps: readonly LineStep[], start: number): number {
  let last = start;
  for (let index = start; index < steps.length && index - last <= CONTEXT * 2; index += 1) {
    if (steps[index]?.kind !== "same") last = index;
  }
  return Math.min(steps.length, last + 1 + CONTEXT);
}

/** An empty range names the line before it (POSIX diff, "Diff -u Output Format"). */
function toRange(first: number, count: number): string {
  return count === 1
    ? String(first)
    : `${String(count === 0 ? first - 1 : first)},${String(count)}`;
}

const SIGNS = { same: " ", old: "-", new: "+" } as const;

function toDiffLines({ kind, line }: LineStep): readonly string[] {
  const text = `${SIGNS[kind]}${line}`;
  return text.endsWith("\n") ? [text.slice(0, -1)] : [text, NO_BREAK];
}
