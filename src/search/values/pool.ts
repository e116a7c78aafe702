import type { ModuleModel } from "../../contract/api-model.ts";
import type { ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import { numberGene, stringGene } from "./genes.ts";
import { createRegexStrings, type RegexStrings } from "./regex/strings.ts";

/** Values seen in the sources, in documentation and in comparisons while the target ran. */
export interface LiteralPool {
  string(): string | null;
  number(): number | null;
  /** Any pooled value, structures included. */
  value(): ValueGene | null;
  /** A string that matches one of the expressions in the sources. */
  matching(): string | null;
  /** Takes in an operand of a comparison; keeps primitives and sources of regular expressions. */
  observe(value: unknown): void;
}

const MAX_STRINGS = 300;
const MAX_NUMBERS = 120;
const MAX_REGEXES = 80;
const MAX_TEXT = 400;
/** Share of draws that come from what comparisons showed, once there is any. */
const SEEN_SHARE = 0.4;

/** A bounded pool; the oldest observed value makes room for a new one. */
export function createLiteralPool(random: Random, model: ModuleModel): LiteralPool {
  const strings = new Set<string>();
  const numbers = new Set<number>();
  const structures: ValueGene[] = [];
  for (const gene of model.pool) {
    if (gene.kind === "string") strings.add(gene.value.slice(0, MAX_TEXT));
    else if (gene.kind === "number") numbers.add(Number(gene.value));
    else structures.push(gene);
  }
  const known = { strings: [...strings], numbers: [...numbers] };
  const seen = {
    strings: createRing<string>(MAX_STRINGS),
    numbers: createRing<number>(MAX_NUMBERS),
  };
  const regexes = createRegexPool();
  for (const { source } of model.regexes) regexes.add(source);
  for (const gene of model.pool) if (gene.kind === "regexp") regexes.add(gene.source);

  const draw = <T>(fixed: readonly T[], ring: Ring<T>): T | null => {
    const isSeen = ring.items.length > 0 && (fixed.length === 0 || random.chance(SEEN_SHARE));
    const source = isSeen ? ring.items : fixed;
    return source.length === 0 ? null : random.pick(source);
  };
  const pool: LiteralPool = {
    string: () => draw(known.strings, seen.strings),
    number: () => draw(known.numbers, seen.numbers),
    value: () => {
      if (structures.length > 0 && random.chance(0.4)) return random.pick(structures);
      const text = pool.string();
      const number = pool.number();
      if (text === null) return number === null ? null : numberGene(number);
      return number !== null && random.chance(0.35) ? numberGene(number) : stringGene(text);
    },
    matching: () => regexes.sample(random),
    observe: (value) => {
      if (typeof value === "string") {
        if (value.length <= MAX_TEXT && !strings.has(value)) seen.strings.add(value);
      } else if (typeof value === "number") {
        if (!numbers.has(value)) seen.numbers.add(value);
      } else if (typeof value === "object" && value !== null) {
        const source = regexSource(value);
        if (source !== null) regexes.add(source);
      }
    },
  };
  return pool;
}

interface Ring<T> {
  readonly items: readonly T[];
  add(item: T): void;
}

/** Distinct items, the oldest replaced first. */
function createRing<T>(capacity: number): Ring<T> {
  const items: T[] = [];
  const held = new Set<T>();
  let next = 0;
  return {
    items,
    add: (item) => {
      if (held.has(item)) return;
      held.add(item);
      if (items.length < capacity) {
        items.push(item);
        return;
      }
      held.delete(items[next] as T);
      items[next] = item;
      next = (next + 1) % capacity;
    },
  };
}

interface RegexPool {
  add(source: string): void;
  sample(random: Random): string | null;
}

function createRegexPool(): RegexPool {
  const known = new Set<string>();
  const makers: { readonly strings: RegexStrings; readonly isAnchored: boolean }[] = [];
  return {
    add: (source) => {
      if (known.has(source) || known.size >= MAX_REGEXES) return;
      known.add(source);
      const strings = createRegexStrings(source);
      if (strings !== null) makers.push({ strings, isAnchored: source.startsWith("^") });
    },
    sample: (random) => {
      if (makers.length === 0) return null;
      const { strings, isAnchored } = random.pick(makers);
      const text = strings.sample(random);
      if (isAnchored || !random.chance(0.4)) return text;
      // An unanchored expression is often a separator or a part: let it stand among other text.
      const other = random.chance(0.5) ? strings.sample(random) : text;
      return random.pick([
        `a${text}b`,
        `${text} ${other}`,
        `one${text}two${other}three`,
        `${text}x`,
      ]);
    },
  };
}

const sourceProperty = Object.getOwnPropertyDescriptor(RegExp.prototype, "source");

/** The source of a real regular expression; runs no code of the value. */
function regexSource(value: object): string | null {
  try {
    const source: unknown = sourceProperty?.get?.call(value);
    return typeof source === "string" && value !== RegExp.prototype ? source : null;
  } catch {
    return null;
  }
}
