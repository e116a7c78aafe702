import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import type { ConfigProblem } from "../errors.ts";
import { type FileConfig, fileSchema } from "../schema.ts";
import { describeIssue } from "./describe-issue.ts";

/** Where something stands in a file; both 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What a configuration file sets, or everything that is wrong with it. */
export type YamlOutcome =
  | {
      readonly kind: "parsed";
      readonly config: FileConfig;
      /** Where the key at this path stands. */
      readonly placeOf: (path: readonly string[]) => Place;
    }
  | { readonly kind: "failed"; readonly problems: readonly ConfigProblem[] };

/** A hostile file has thousands; the first ones are enough to act on. */
const MOST_PROBLEMS = 50;
/** The deepest valid value, a header of a provider in a profile, has depth 6. */
const MAX_DEPTH = 12;
/** A configuration has no use for aliases; a file full of them is an attack on memory. */
const MAX_ALIASES = 20;
/** zod passes over it in records, and as a key it has no honest use. */
const REFUSED_KEY = "__proto__";

/** Parses configuration text; `source` names it in problems. Reports every problem at once. */
export function parseYamlConfig(text: string, source: string): YamlOutcome {
  const lines = new LineCounter();
  const toPlace = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const fail = (problems: readonly OffsetProblem[]): YamlOutcome => ({
    kind: "failed",
    problems: problems
      .map(({ offset, message }) => ({ source, ...toPlace(offset), message }))
      .sort(byPlace)
      .slice(0, MOST_PROBLEMS),
  });
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (path: readonly string[]): Place => toPlace(offsetOf(document, path, true));
  if (document.errors.length > 0) {
    return fail(
      document.errors.map(({ pos, message }) => ({ offset: pos[0], message: firstLine(message) })),
    );
  }
  const shape = findShapeProblems(document);
  if (shape.length > 0) return fail(shape);
  if (
    document.contents === null ||
    (isScalar(document.contents) && document.contents.value === null)
  )
    return { kind: "parsed", config: {}, placeOf };
  if (!isMap(document.contents)) {
    const message = "expected keys and values, such as `framework: vitest`";
    return fail([{ offset: document.contents.range[0], message }]);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (failure) {
    return fail([{ offset: 0, message: firstLine(String(failure)) }]);
  }
  const result = fileSchema.safeParse(value, { reportInput: true });
  if (result.success) return { kind: "parsed", config: result.data, placeOf };
  return fail(
    result.error.issues.flatMap((issue) =>
      describeIssue(issue).map(({ path, isKey, message }) => ({
        offset: offsetOf(document, path, isKey),
        message,
      })),
    ),
  );
}

interface OffsetProblem {
  readonly offset: number;
  readonly message: string;
}

function findShapeProblems(document: Document): readonly OffsetProblem[] {
  const problems: OffsetProblem[] = [];
  visit(document, {
    Collection: (_, node, path) => {
      if (path.filter(isCollection).length < MAX_DEPTH) return undefined;
      problems.push({ offset: startOf(node), message: "nested too deeply for a configuration" });
      return visit.BREAK;
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === REFUSED_KEY)
        problems.push({ offset: startOf(key), message: `the key "${REFUSED_KEY}" is not allowed` });
    },
  });
  return problems;
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? message).slice(0, 300);
}

/** The place of a key or value; where the path does not exist, of the nearest thing above that does. */
function offsetOf(document: Document, path: readonly PropertyKey[], isKey: boolean): number {
  if (isKey && path.length > 0) {
    const parent: unknown =
      path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const wanted = String(path.at(-1));
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === wanted)
      : undefined;
    if (isScalar(pair?.key)) return startOf(pair.key);
  }
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node) return startOf(node as Node);
  }
  return 0;
}

function startOf(node: Pick<Node, "range">): number {
  return node.range?.[0] ?? 0;
}
