import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import {
  arrayGene,
  booleanGene,
  numberGene,
  objectGene,
  stringGene,
  toNumber,
  UNDEFINED,
} from "./genes.ts";
import type { ValueSource } from "./value-source.ts";
import { childrenOf, mapChildren } from "./walk-value.ts";

/** A value near the given one: one small change somewhere in it, or now and then another value. */
export function mutateValue(random: Random, gene: ValueGene, source: ValueSource): ValueGene {
  if (random.chance(0.06)) return source.any();
  const children = childrenOf(gene);
  if (children.length > 0 && random.chance(0.55)) {
    const target = random.int(children.length);
    let index = 0;
    return mapChildren(gene, (child) => {
      const isTarget = index === target;
      index += 1;
      return isTarget ? mutateValue(random, child, source) : child;
    });
  }
  return mutateHere(random, gene, source);
}

function mutateHere(random: Random, gene: ValueGene, source: ValueSource): ValueGene {
  switch (gene.kind) {
    case "number":
      return numberGene(nudge(random, toNumber(gene), source));
    case "string":
      return stringGene(edit(random, gene.value, source));
    case "boolean":
      return random.chance(0.85) ? booleanGene(!gene.value) : source.any();
    case "array":
    case "set":
    case "iterable":
      return { ...gene, items: changeItems(random, gene.items, source) };
    case "object":
      return changeEntries(random, gene, source);
    case "map":
      return random.chance(0.5)
        ? {
            ...gene,
            entries: [...gene.entries, [source.any(), source.any()] as const].slice(0, MAX_ITEMS),
          }
        : { ...gene, entries: gene.entries.slice(0, -1) };
    case "bigint":
      return {
        kind: "bigint",
        value: String(BigInt(gene.value) + BigInt(random.pick([1, -1, 10]))),
      };
    case "date":
      return {
        kind: "date",
        epochMs: gene.epochMs === "NaN" ? 0 : clampDate(gene.epochMs + random.pick(DATE_STEPS)),
      };
    case "regexp":
      return { ...gene, flags: random.pick(["", "g", "i", "gi", "m"]) };
    case "typed-array":
      return {
        ...gene,
        items: random.chance(0.5)
          ? gene.items.slice(0, -1)
          : [...gene.items, random.int(100)].slice(0, MAX_ITEMS),
      };
    case "bytes":
      return { ...gene, type: random.pick(["Buffer", "Uint8Array", "ArrayBuffer"] as const) };
    case "error":
      return { ...gene, type: random.pick(["Error", "TypeError", "RangeError"] as const) };
    case "function":
      return { kind: "function", template: switchTemplate(random, gene.template, source) };
    case "promise":
      return random.chance(0.5) ? { kind: "rejected-promise", message: "boom" } : gene.value;
    default:
      return source.any();
  }
}

const MAX_ITEMS = 40;
const MAX_TEXT = 1_000;
const DAY_MS = 86_400_000;
const DATE_STEPS: readonly number[] = [
  1,
  -1,
  1_000,
  DAY_MS,
  -DAY_MS,
  30 * DAY_MS,
  365 * DAY_MS,
  -365 * DAY_MS,
];
const MAX_DATE_MS = 8.64e15;

function clampDate(epochMs: number): number {
  return Math.max(-MAX_DATE_MS, Math.min(MAX_DATE_MS, epochMs));
}

function nudge(random: Random, value: number, source: ValueSource): number {
  switch (random.int(10)) {
    case 0:
    case 1:
      return value + 1;
    case 2:
      return value - 1;
    case 3:
      return -value;
    case 4:
      return value * 2;
    case 5:
      return Math.trunc(value / 2);
    case 6:
      return value + random.pick([0.5, 0.1, 10, -10, 100]);
    case 7:
      return Number.isInteger(value) ? value / 10 : Math.round(value);
    default:
      return source.number();
  }
}

function edit(random: Random, text: string, source: ValueSource): string {
  const at = random.int(text.length + 1);
  const end = at + random.int(Math.min(6, text.length - at + 1));
  switch (random.int(12)) {
    case 0:
    case 1:
      return cap(text.slice(0, at) + source.text() + text.slice(at));
    case 2:
      return cap(text.slice(0, at) + random.pick(CHARS) + text.slice(at));
    case 3:
      return text.slice(0, at) + text.slice(Math.max(end, at + 1));
    case 4:
      return cap(text.slice(0, at) + random.pick(CHARS) + text.slice(at + 1));
    case 5:
      return text.slice(0, at);
    case 6:
      return text.slice(at);
    case 7:
      return cap(text.slice(0, end) + text.slice(at));
    case 8:
      return random.chance(0.5) ? text.toUpperCase() : text.toLowerCase();
    case 9:
      return cap(random.chance(0.5) ? text + source.text() : source.text() + text);
    case 10:
      return cap(splice(random, text, source.text()));
    default:
      return source.text();
  }
}

const CHARS: readonly string[] = Array.from("aZ0 .,-_/\\:;!?'\"()[]{}<>=+*#@&|%$~^`\n\té1");

function cap(text: string): string {
  return text.slice(0, MAX_TEXT);
}

/** The head of one text and the tail of another (a one-point crossover). */
function splice(random: Random, first: string, second: string): string {
  return first.slice(0, random.int(first.length + 1)) + second.slice(random.int(second.length + 1));
}

function changeItems(
  random: Random,
  items: readonly ValueGene[],
  source: ValueSource,
): readonly ValueGene[] {
  const at = random.int(Math.max(1, items.length));
  const here = items[at];
  switch (random.int(8)) {
    case 0:
    case 1: {
      const added =
        here !== undefined && random.chance(0.6) ? mutateValue(random, here, source) : source.any();
      return [...items.slice(0, at), added, ...items.slice(at)].slice(0, MAX_ITEMS);
    }
    case 2:
      return items.filter((_item, index) => index !== at);
    case 3:
      return here === undefined ? items : [...items, here].slice(0, MAX_ITEMS);
    case 4:
      return random.shuffle(items);
    case 5:
      return sortNumbers(items);
    case 6:
      return [...items].reverse();
    default:
      return items.slice(0, random.int(items.length + 1));
  }
}

function sortNumbers(items: readonly ValueGene[]): readonly ValueGene[] {
  return [...items].sort((a, b) =>
    a.kind === "number" && b.kind === "number" ? toNumber(a) - toNumber(b) || 0 : 0,
  );
}

function changeEntries(
  random: Random,
  gene: Extract<ValueGene, { kind: "object" }>,
  source: ValueSource,
): ValueGene {
  const at = random.int(Math.max(1, gene.entries.length));
  const here = gene.entries[at];
  switch (random.int(5)) {
    case 0:
    case 1:
      return objectGene(
        [...gene.entries, [source.key(), source.any()] as const].slice(0, MAX_ITEMS),
      );
    case 2:
      return objectGene(gene.entries.filter((_entry, index) => index !== at));
    case 3:
      return objectGene(
        gene.entries.map((entry) => (entry === here ? ([source.key(), entry[1]] as const) : entry)),
      );
    default:
      return here !== undefined && random.chance(0.4)
        ? arrayGene(gene.entries.map(([, value]) => value))
        : objectGene(
            gene.entries.map((entry) =>
              entry === here ? ([entry[0], source.any()] as const) : entry,
            ),
          );
  }
}

function switchTemplate(
  random: Random,
  template: FunctionTemplate,
  source: ValueSource,
): FunctionTemplate {
  const makers: readonly (() => FunctionTemplate)[] = [
    () => ({ kind: "constant", value: source.any() }),
    () => ({ kind: "argument", index: random.int(3) }),
    () => ({ kind: "operator", operator: random.pick(["+", "-", "<", ">", "===", "*"] as const) }),
    () => ({ kind: "property", name: source.key() }),
    () => ({ kind: "throws", message: "boom" }),
    () => ({ kind: "async-constant", value: source.any() }),
    () => ({ kind: "calls-back", error: null, value: source.any() }),
    () => ({
      kind: "calls-back",
      error: { kind: "error", type: "Error", message: "boom" },
      value: UNDEFINED,
    }),
    () => ({ kind: "spy", returns: random.chance(0.5) ? UNDEFINED : source.any() }),
  ];
  const other = random.pick(makers)();
  return other.kind === template.kind && random.chance(0.7) ? random.pick(makers)() : other;
}
