import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import {
  arrayGene,
  booleanGene,
  functionGene,
  numberGene,
  NULL,
  objectGene,
  stringGene,
  toNumber,
  UNDEFINED,
} from "./genes.ts";
import { childrenOf, valueSize } from "./walk-value.ts";

/** Most candidates for one value; a shrinker pays an execution for each. */
const MAX_CANDIDATES = 60;

/**
 * Strictly simpler values, the most wanted first: canonical ones, then parts, then the value with
 * one thing less. Every one has a smaller {@link valueSize}, so repeated shrinking ends.
 */
export function simplifications(gene: ValueGene): readonly ValueGene[] {
  const limit = valueSize(gene);
  const seen = new Set<string>();
  const kept: ValueGene[] = [];
  for (const candidate of candidates(gene)) {
    if (kept.length >= MAX_CANDIDATES) break;
    if (valueSize(candidate) >= limit) continue;
    const key = JSON.stringify(candidate);
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(candidate);
  }
  return kept;
}

function* candidates(gene: ValueGene): Generator<ValueGene> {
  switch (gene.kind) {
    case "undefined":
    case "null":
      return;
    case "boolean":
      yield booleanGene(false);
      return;
    case "number":
      yield* simplerNumbers(toNumber(gene));
      return;
    case "string":
      for (const text of simplerTexts(gene.value)) yield stringGene(text);
      return;
    case "array":
      yield arrayGene([]);
      yield* gene.items;
      for (const items of simplerLists(gene.items)) yield arrayGene(items);
      return;
    case "object":
      yield* simplerObjects(gene);
      return;
    case "function":
      yield* simplerFunctions(gene.template);
      return;
    default:
      yield* simplerRare(gene);
  }
}

function* simplerRare(gene: ValueGene): Generator<ValueGene> {
  switch (gene.kind) {
    case "set":
    case "iterable":
      yield { ...gene, items: [] };
      for (const items of simplerLists(gene.items)) yield { ...gene, items };
      if (gene.kind === "iterable") yield arrayGene(gene.items);
      break;
    case "map":
      yield { kind: "map", entries: [] };
      for (let index = 0; index < gene.entries.length; index += 1) {
        yield { ...gene, entries: gene.entries.filter((_entry, at) => at !== index) };
      }
      yield* simplerEntries(gene.entries, (entries) => ({ kind: "map", entries }));
      break;
    case "bigint":
      for (const value of ["0", "1", "2"]) yield { kind: "bigint", value };
      break;
    case "symbol":
      yield { kind: "symbol", description: "a" };
      break;
    case "regexp":
      yield { ...gene, flags: "" };
      yield { kind: "regexp", source: "a", flags: gene.flags };
      break;
    case "date":
      for (const epochMs of SIMPLE_DATES) yield { kind: "date", epochMs };
      break;
    case "bytes":
      for (const text of ["", "a", "hello"])
        yield { ...gene, base64: Buffer.from(text).toString("base64") };
      break;
    case "typed-array":
      yield { ...gene, items: [] };
      yield { ...gene, items: gene.items.slice(0, Math.ceil(gene.items.length / 2)) };
      yield { ...gene, items: gene.items.slice(0, -1) };
      yield { ...gene, items: gene.items.map((_item, index) => (index % 2 === 0 ? 1 : 2)) };
      break;
    case "error":
      yield { kind: "error", type: "Error", message: gene.message };
      yield { kind: "error", type: gene.type, message: "boom" };
      break;
    case "rejected-promise":
      yield { kind: "rejected-promise", message: "boom" };
      break;
    case "promise":
      yield gene.value;
      for (const value of simplifications(gene.value)) yield { kind: "promise", value };
      break;
    default:
      break;
  }
  yield* childrenOf(gene);
  if (gene.kind !== "ref" && gene.kind !== "export") {
    yield NULL;
    yield UNDEFINED;
  }
}

/** 1 January 1970 and 1 January 2020, UTC. */
const SIMPLE_DATES: readonly number[] = [0, 1_577_836_800_000];

function* simplerNumbers(value: number): Generator<ValueGene> {
  for (const simple of [0, 1, 2, -1, 3, 5, 10, 0.5, 100]) yield numberGene(simple);
  if (Number.isNaN(value)) return;
  yield numberGene(Math.abs(value));
  if (!Number.isFinite(value)) return;
  yield numberGene(Math.trunc(value));
  yield numberGene(Math.round(value * 10) / 10);
  yield numberGene(Math.round(value * 100) / 100);
  yield numberGene(Number(value.toPrecision(1)));
  yield numberGene(Number(value.toPrecision(2)));
  yield numberGene(Math.trunc(value / 2));
  yield numberGene(Math.trunc(value / 10));
  yield numberGene(value > 0 ? value - 1 : value + 1);
}

const SIMPLE_TEXTS: readonly string[] = ["", "a", "b", "0", "1", " ", "ab", "abc"];

function* simplerTexts(text: string): Generator<string> {
  yield* SIMPLE_TEXTS;
  const { length } = text;
  if (length > 1) {
    // Halves, quarters, … down to one character (delta debugging, Zeller and Hildebrandt 2002).
    for (let size = Math.ceil(length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < length && at / size < 12; at += size) {
        yield text.slice(0, at) + text.slice(at + size);
      }
      yield text.slice(0, -size);
    }
  }
  yield text.trim();
  yield text.toLowerCase();
  yield text.replace(/[^\x20-\x7e]+/g, "");
  yield text.replace(/[a-z]{2,}/gi, "a");
  yield text.replace(/[a-z]/gi, "a");
  yield text.replace(/\d+/g, "1");
  yield text.replace(/\s+/g, " ");
}

function* simplerLists(items: readonly ValueGene[]): Generator<readonly ValueGene[]> {
  const { length } = items;
  if (length > 3) {
    yield items.slice(0, Math.ceil(length / 2));
    yield items.slice(Math.floor(length / 2));
  }
  for (let index = Math.min(length, 16) - 1; index >= 0; index -= 1) {
    yield items.filter((_item, at) => at !== index);
  }
  if (length > 1 && items.every((item) => item.kind === "number")) {
    yield items.map((_item, index) => numberGene(index + 1));
    yield items.map((item) => numberGene(Math.trunc(toNumber(item)) || 0));
  }
  for (let index = 0; index < Math.min(length, 8); index += 1) {
    const item = items[index];
    if (item === undefined) continue;
    for (const simpler of simplifications(item).slice(0, 8)) {
      yield items.map((other, at) => (at === index ? simpler : other));
    }
  }
}

function* simplerObjects(gene: Extract<ValueGene, { kind: "object" }>): Generator<ValueGene> {
  yield objectGene([]);
  const { entries } = gene;
  if (entries.length > 3) yield objectGene(entries.slice(0, Math.ceil(entries.length / 2)));
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    yield objectGene(entries.filter((_entry, at) => at !== index));
  }
  for (let index = 0; index < Math.min(entries.length, 8); index += 1) {
    const entry = entries[index];
    if (entry === undefined) continue;
    for (const simpler of simplifications(entry[1]).slice(0, 10)) {
      yield objectGene(entries.map((other, at) => (at === index ? [other[0], simpler] : other)));
    }
  }
  yield* entries.map(([, value]) => value);
  yield UNDEFINED;
}

function* simplerEntries(
  entries: readonly (readonly [ValueGene, ValueGene])[],
  wrap: (entries: readonly (readonly [ValueGene, ValueGene])[]) => ValueGene,
): Generator<ValueGene> {
  for (const [index, [key, value]] of entries.slice(0, 4).entries()) {
    for (const simpler of simplifications(value).slice(0, 4)) {
      yield wrap(entries.map((entry, at) => (at === index ? ([key, simpler] as const) : entry)));
    }
  }
}

function* simplerFunctions(template: FunctionTemplate): Generator<ValueGene> {
  yield functionGene({ kind: "constant", value: UNDEFINED });
  yield functionGene({ kind: "argument", index: 0 });
  switch (template.kind) {
    case "constant":
    case "async-constant":
      for (const value of simplifications(template.value))
        yield functionGene({ ...template, value });
      yield functionGene({ kind: "constant", value: template.value });
      break;
    case "spy":
      yield functionGene({ kind: "constant", value: template.returns });
      yield functionGene({ kind: "spy", returns: UNDEFINED });
      for (const returns of simplifications(template.returns))
        yield functionGene({ ...template, returns });
      break;
    case "calls-back":
      if (template.error !== null) yield functionGene({ ...template, value: UNDEFINED });
      for (const value of simplifications(template.value))
        yield functionGene({ ...template, value });
      break;
    case "property":
      yield functionGene({ kind: "property", name: "a" });
      break;
    case "throws":
      yield functionGene({ kind: "throws", message: "boom" });
      break;
    case "argument":
    case "operator":
      break;
  }
}
