import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { nearestName } from "../kernel/nearest-name.ts";
import type { ConfigProblem } from "./errors.ts";
import { CONFIG_KEYS, type PartialConfig, partialConfigSchema } from "./schema.ts";

/** What a configuration file sets, or everything that is wrong with it. */
export type YamlOutcome =
  | { readonly kind: "parsed"; readonly config: PartialConfig }
  | { readonly kind: "failed"; readonly problems: readonly ConfigProblem[] };

/** Parses configuration text; `source` names it in problems. Reports every problem at once. */
export function parseYamlConfig(text: string, source: string): YamlOutcome {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const toProblem = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { source, line, column: col, message };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      toProblem(error.pos[0], firstLine(error.message)),
    );
    return { kind: "failed", problems };
  }
  let value: unknown;
  try {
    // A configuration has no use for aliases; a file full of them is an attack on memory.
    value = document.toJS({ maxAliasCount: 20 });
  } catch (failure) {
    return { kind: "failed", problems: [toProblem(0, firstLine(String(failure)))] };
  }
  if (value === null || value === undefined) return { kind: "parsed", config: {} };
  if (!isMap(document.contents)) {
    const message = "expected keys and values, such as `framework: vitest`";
    return { kind: "failed", problems: [toProblem(document.contents?.range[0] ?? 0, message)] };
  }
  const result = partialConfigSchema.safeParse(value, { reportInput: true });
  if (result.success) return { kind: "parsed", config: result.data };
  const problems = result.error.issues.flatMap((issue) =>
    describeIssue(issue).map(({ path, isKey, message }) =>
      toProblem(offsetOf(document, path, isKey), message),
    ),
  );
  return { kind: "failed", problems: problems.sort(byPlace) };
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}

/** A schema issue in words, with the place it belongs to. */
interface IssueText {
  readonly path: readonly PropertyKey[];
  /** True when the key itself is wrong, not its value. */
  readonly isKey: boolean;
  readonly message: string;
}

/** Puts a zod issue into words; one issue may name several unknown keys. */
export function describeIssue(issue: z.core.$ZodIssue): readonly IssueText[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      isKey: true,
      message: unknownKey(key, CONFIG_KEYS),
    }));
  }
  const key = path.map(String).join(".");
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    const given = issue.input === undefined ? "" : ` is ${JSON.stringify(issue.input)}; it`;
    return [{ path, isKey: false, message: `${key}${given} has to be ${values.join(", ")}` }];
  }
  if (issue.code === "invalid_union") {
    return [{ path, isKey: false, message: `${key} has to be a text or a number` }];
  }
  return [{ path, isKey: false, message: `${key}: ${issue.message}` }];
}

/** `unknown key "engin"; did you mean "engine"?` */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  return near === null
    ? `unknown key "${key}"; the keys are ${known.join(", ")}`
    : `unknown key "${key}"; did you mean "${near}"?`;
}

function offsetOf(document: Document, path: readonly PropertyKey[], isKey: boolean): number {
  const [name] = path;
  if (isMap(document.contents)) {
    const pair = document.contents.items.find(
      (item) => isScalar(item.key) && String(item.key.value) === String(name),
    );
    if (isKey && isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
      return Number(node.range[0]);
    }
  }
  return 0;
}
