import type { ChangedFiles, Edit } from "../../contract/improve.ts";

/** What became of the edits of one answer: all of them, or none. */
export type Applied =
  | { readonly kind: "applied"; readonly files: ChangedFiles }
  /** Sentences for the model. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/**
 * Applies edits one after the other, each to what those before have left. `read` gives the text of a file, null where there is none;
 * `refuse` says why a path may not be changed, null where it may.
 */
export function applyEdits(
  edits: readonly Edit[],
  options: {
    readonly read: (path: string) => string | null;
    readonly refuse: (path: string) => string | null;
  },
): Applied {
  const files: Record<string, string> = {};
  const reasons: string[] = [];
  for (const edit of edits) {
    const path = edit.path.replace(/^\.\//u, "");
    const why = options.refuse(path);
    const before = Object.hasOwn(files, path) ? (files[path] ?? null) : options.read(path);
    const after = why === null ? applyOne(before, edit) : { problem: why };
    if (typeof after === "string") files[path] = after;
    else reasons.push(`${path}: ${after.problem}`);
  }
  return reasons.length > 0
    ? { kind: "refused", reasons: [...new Set(reasons)] }
    : { kind: "applied", files };
}

interface Refusal {
  readonly problem: string;
}

function applyOne(before: string | null, edit: Edit): string | Refusal {
  if (before === null) {
    if (edit.search.length > 0)
      return { problem: "there is no such file, so nothing can be searched in it" };
    return join(edit.replace, { hasBreak: edit.endsWithBreak ?? true, end: "\n" });
  }
  if (edit.search.length === 0) {
    return { problem: "the file is there already: an empty SEARCH makes a new file" };
  }
  const text = toLines(before);
  const places = findPlaces(text.lines, edit.search);
  const place = places.length > 1 ? places.find((one) => one + 1 === edit.line) : places[0];
  if (place === undefined) return { problem: explain(text.lines, edit.search, places) };
  const lines = [...text.lines];
  lines.splice(place, edit.search.length, ...edit.replace);
  const isLast = place + edit.search.length === text.lines.length;
  const hasBreak = isLast ? (edit.endsWithBreak ?? text.hasBreak) : text.hasBreak;
  const after = join(lines, { ...text, hasBreak });
  return after === before ? { problem: "the edit changes nothing" } : after;
}

interface Layout {
  readonly hasBreak: boolean;
  readonly end: "\n" | "\r\n";
}

/** Lines without their ends. Where all end as on Windows, edits need not say so. */
function toLines(text: string): Layout & { readonly lines: readonly string[] } {
  const breaks = text.match(/\n/gu)?.length ?? 0;
  const end = breaks > 0 && text.match(/\r\n/gu)?.length === breaks ? "\r\n" : "\n";
  const hasBreak = text.endsWith("\n");
  const lines = text === "" ? [] : text.split(end);
  return { lines: hasBreak ? lines.slice(0, -1) : lines, hasBreak, end };
}

function join(lines: readonly string[], { hasBreak, end }: Layout): string {
  if (lines.length === 0) return "";
  return `${lines.join(end)}${hasBreak ? end : ""}`;
}

function findPlaces(
  lines: readonly string[],
  search: readonly string[],
  isSame: (a: string, b: string) => boolean = (a, b) => a === b,
): readonly number[] {
  const places: number[] = [];
  for (let start = 0; start + search.length <= lines.length; start += 1) {
    if (search.every((line, offset) => isSame(line, lines[start + offset] ?? "")))
      places.push(start);
  }
  return places;
}

const MOST_SHOWN = 5;
const squeeze = (line: string): string => line.replaceAll(/\s+/gu, "");

function explain(
  lines: readonly string[],
  search: readonly string[],
  places: readonly number[],
): string {
  const shown = search.slice(0, MOST_SHOWN).join("\n");
  if (places.length > 1) {
    const where = places.slice(0, MOST_SHOWN).map((place) => String(place + 1));
    return `these lines stand ${String(places.length)} times in it, at lines ${where.join(", ")}; take more lines around them into the SEARCH:\n${shown}`;
  }
  const near = findPlaces(lines, search, (a, b) => squeeze(a) === squeeze(b))[0];
  const but =
    near === undefined
      ? "; copy whole lines as they stand"
      : `; at line ${String(near + 1)} stand the same with other blanks`;
  return `these lines do not stand in it${but}:\n${shown}`;
}
