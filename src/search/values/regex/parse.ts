/** A regular expression as far as it helps to write strings that match it. */
export type RegexNode =
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly of: readonly RegexNode[] }
  | {
      readonly kind: "repeat";
      readonly item: RegexNode;
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly kind: "group";
      readonly item: RegexNode;
      readonly number: number;
      readonly name: string;
    }
  /** Code-unit ranges, both ends included. */
  | { readonly kind: "set"; readonly ranges: readonly CharRange[]; readonly isNegated: boolean }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "back-reference"; readonly to: number | string }
  /** Matches no character: anchors, boundaries, negative look-around. */
  | { readonly kind: "empty" };

export type CharRange = readonly [from: number, to: number];

const DIGIT: readonly CharRange[] = [[48, 57]];
const WORD: readonly CharRange[] = [
  [97, 122],
  [65, 90],
  [48, 57],
  [95, 95],
];
const SPACE: readonly CharRange[] = [
  [32, 32],
  [9, 10],
  [13, 13],
];
const PROPERTY: Readonly<Record<string, readonly CharRange[]>> = {
  L: [
    [97, 122],
    [0xe9, 0xe9],
  ],
  Lu: [[65, 90]],
  Ll: [[97, 122]],
  N: DIGIT,
  P: [[33, 47]],
  S: [
    [43, 43],
    [36, 36],
  ],
  Z: [[32, 32]],
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  f: "\f",
  "0": "\0",
};

/**
 * Parses the source of a JavaScript regular expression. Answers null for what it does not
 * understand; it never compiles or runs the expression.
 */
export function parseRegex(source: string): RegexNode | null {
  if (source.length > MAX_SOURCE) return null;
  const parser = new RegexParser(source);
  try {
    return parser.parse();
  } catch (failure) {
    if (failure instanceof Unsupported) return null;
    throw failure;
  }
}

const MAX_SOURCE = 2_000;
const MAX_NESTING = 60;

class Unsupported extends Error {}

class RegexParser {
  readonly #source: string;
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new Unsupported();
    return node;
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    const char = this.#source[this.#at];
    if (char === undefined) throw new Unsupported();
    this.#at += 1;
    return char;
  }

  #choice(): RegexNode {
    this.#depth += 1;
    if (this.#depth > MAX_NESTING) throw new Unsupported();
    const of = [this.#sequence()];
    while (this.#take("|")) of.push(this.#sequence());
    this.#depth -= 1;
    return of.length === 1 ? (of[0] as RegexNode) : { kind: "choice", of };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.#source.length && !this.#peek("|") && !this.#peek(")")) {
      items.push(this.#quantified(this.#atom()));
    }
    return items.length === 1 ? (items[0] as RegexNode) : { kind: "sequence", items };
  }

  #quantified(item: RegexNode): RegexNode {
    const bounds = this.#bounds();
    if (bounds === null) return item;
    this.#take("?");
    const [min, max] = bounds;
    if (max < min) throw new Unsupported();
    return { kind: "repeat", item, min, max };
  }

  #bounds(): readonly [number, number] | null {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (counted === null) return null;
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    if (counted[2] === undefined) return [min, min];
    return [min, counted[3] === "" || counted[3] === undefined ? Infinity : Number(counted[3])];
  }

  #atom(): RegexNode {
    const char = this.#next();
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case ".":
        return {
          kind: "set",
          ranges: [
            [10, 10],
            [13, 13],
          ],
          isNegated: true,
        };
      case "^":
      case "$":
        return { kind: "empty" };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw new Unsupported();
      default:
        return { kind: "text", text: char };
    }
  }

  #group(): RegexNode {
    let isSilent = false;
    let number = 0;
    let name = "";
    if (this.#take("?!") || this.#take("?<!")) isSilent = true;
    else if (this.#take("?:") || this.#take("?=") || this.#take("?<=")) number = 0;
    else {
      const named = /^\?<([^>]{1,60})>/.exec(this.#source.slice(this.#at, this.#at + 64));
      if (named !== null) {
        this.#at += named[0].length;
        name = named[1] ?? "";
      } else if (this.#peek("?")) throw new Unsupported();
      this.#groups += 1;
      number = this.#groups;
    }
    const item = this.#choice();
    if (!this.#take(")")) throw new Unsupported();
    if (isSilent) return { kind: "empty" };
    return number === 0 ? item : { kind: "group", item, number, name };
  }

  #escape(): RegexNode {
    const char = this.#next();
    if (char === "b" || char === "B") return { kind: "empty" };
    if (/[1-9]/.test(char)) return { kind: "back-reference", to: Number(char) };
    if (char === "k" && this.#take("<")) {
      const end = this.#source.indexOf(">", this.#at);
      if (end < 0) throw new Unsupported();
      const to = this.#source.slice(this.#at, end);
      this.#at = end + 1;
      return { kind: "back-reference", to };
    }
    const shorthand = this.#shorthand(char);
    if (shorthand !== null) return shorthand;
    return { kind: "text", text: this.#literalEscape(char) };
  }

  /** `\d`, `\w`, `\s`, `\p{…}` and their opposites. */
  #shorthand(char: string): Extract<RegexNode, { kind: "set" }> | null {
    const isNegated = char === "D" || char === "W" || char === "S" || char === "P";
    switch (char.toLowerCase()) {
      case "d":
        return { kind: "set", ranges: DIGIT, isNegated };
      case "w":
        return { kind: "set", ranges: WORD, isNegated };
      case "s":
        return { kind: "set", ranges: SPACE, isNegated };
      case "p": {
        const property = /^\{([A-Za-z_=]+)\}/.exec(this.#source.slice(this.#at, this.#at + 60));
        if (property === null) return null;
        this.#at += property[0].length;
        const name = (property[1] ?? "").replace(/^.*=/, "");
        return { kind: "set", ranges: PROPERTY[name] ?? [[97, 122]], isNegated };
      }
      default:
        return null;
    }
  }

  #literalEscape(char: string): string {
    const simple = ESCAPES[char];
    if (simple !== undefined) return simple;
    const rest = this.#source.slice(this.#at, this.#at + 10);
    const code =
      (char === "x" ? /^([0-9a-fA-F]{2})/.exec(rest) : null) ??
      (char === "u"
        ? (/^\{([0-9a-fA-F]{1,6})\}/.exec(rest) ?? /^([0-9a-fA-F]{4})/.exec(rest))
        : null);
    if (code !== null) {
      this.#at += code[0].length;
      const point = parseInt(code[1] ?? "0", 16);
      return point > 0x10ffff ? "" : String.fromCodePoint(point);
    }
    if (char === "c" && /^[A-Za-z]/.test(rest)) {
      return String.fromCharCode(this.#next().charCodeAt(0) % 32);
    }
    return char;
  }

  #class(): RegexNode {
    const isNegated = this.#take("^");
    const ranges: CharRange[] = [];
    while (!this.#take("]")) {
      const from = this.#classItem();
      if (typeof from !== "number") {
        ranges.push(...from);
        continue;
      }
      if (this.#peek("-") && !this.#peek("-]")) {
        this.#next();
        const to = this.#classItem();
        if (typeof to === "number" && to >= from) ranges.push([from, to]);
        else ranges.push([from, from], [45, 45], ...(typeof to === "number" ? [] : to));
        continue;
      }
      ranges.push([from, from]);
    }
    return { kind: "set", ranges, isNegated };
  }

  #classItem(): number | readonly CharRange[] {
    const char = this.#next();
    if (char !== "\\") return char.charCodeAt(0);
    const escaped = this.#next();
    const shorthand = this.#shorthand(escaped);
    if (shorthand !== null)
      return shorthand.isNegated ? invert(shorthand.ranges) : shorthand.ranges;
    if (escaped === "b") return 8;
    return this.#literalEscape(escaped).charCodeAt(0) || 0;
  }
}

/** Printable ASCII and line ends without the given characters. */
function invert(ranges: readonly CharRange[]): readonly CharRange[] {
  const kept: CharRange[] = [];
  for (let code = 32; code < 127; code += 1) {
    if (!ranges.some(([from, to]) => code >= from && code <= to)) kept.push([code, code]);
  }
  return kept;
}
