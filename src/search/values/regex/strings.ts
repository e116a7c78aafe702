import type { Random } from "../../../kernel/random.ts";
import { parseRegex, type CharRange, type RegexNode } from "./parse.ts";

/** Writes strings that match one regular expression. */
export interface RegexStrings {
  /** A string that matches, unless the expression has a condition beyond the generator (negative look-around). */
  sample(random: Random): string;
}

/** A generator for the source of a regular expression; null when it is not understood. */
export function createRegexStrings(source: string): RegexStrings | null {
  const root = parseRegex(source);
  if (root === null) return null;
  return { sample: (random) => new Sampler(random).write(root) };
}

/** Past this length repetitions stop at their minimum. */
const MAX_LENGTH = 160;
/** Past this length nothing more is written: nested minimums multiply. */
const MAX_WRITTEN = 2_000;
/** Repetitions beyond the minimum. */
const MAX_EXTRA = 3;
/** Tried in this order of likelihood where a class is negated. */
const COMMON = "abcxyz0123456789ABC -_./:,;!?\"'()[]{}<>@#$%&*+=|~^`\\\n\té";

class Sampler {
  readonly #random: Random;
  readonly #groups = new Map<number | string, string>();
  #length = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  write(node: RegexNode): string {
    if (this.#length > MAX_WRITTEN) return "";
    switch (node.kind) {
      case "empty":
        return "";
      case "text":
        this.#length += node.text.length;
        return node.text;
      case "set":
        this.#length += 1;
        return this.#char(node.ranges, node.isNegated);
      case "sequence":
        return node.items.map((item) => this.write(item)).join("");
      case "choice":
        return this.write(this.#random.pick(node.of));
      case "repeat":
        return this.#repeat(node);
      case "group": {
        const text = this.write(node.item);
        this.#groups.set(node.number, text);
        if (node.name !== "") this.#groups.set(node.name, text);
        return text;
      }
      case "back-reference":
        return this.#groups.get(node.to) ?? "";
    }
  }

  #repeat(node: Extract<RegexNode, { kind: "repeat" }>): string {
    const room = this.#length >= MAX_LENGTH ? 0 : Math.min(MAX_EXTRA, node.max - node.min);
    const count = Math.min(node.min + (room > 0 ? this.#random.int(room + 1) : 0), MAX_LENGTH);
    let text = "";
    for (let index = 0; index < count; index += 1) text += this.write(node.item);
    return text;
  }

  #char(ranges: readonly CharRange[], isNegated: boolean): string {
    if (isNegated) return this.#outside(ranges);
    const total = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    if (total === 0) return "";
    let at = this.#random.int(total);
    for (const [from, to] of ranges) {
      if (at <= to - from) return String.fromCharCode(from + at);
      at -= to - from + 1;
    }
    return "";
  }

  #outside(ranges: readonly CharRange[]): string {
    const start = this.#random.chance(0.7) ? this.#random.int(6) : this.#random.int(COMMON.length);
    for (let step = 0; step < COMMON.length; step += 1) {
      const char = COMMON[(start + step) % COMMON.length] as string;
      const code = char.charCodeAt(0);
      if (!ranges.some(([from, to]) => code >= from && code <= to)) return char;
    }
    return "";
  }
}
