/**
 * A small pretty printer after Wadler, "A prettier printer" (2003), with the vocabulary of prettier:
 * a document is text with possible line breaks, and a group breaks only when it does not fit.
 */
export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "group"; readonly content: Doc; readonly breaks: boolean }
  | { readonly kind: "indent"; readonly content: Doc }
  /** Items one after another; each separator breaks on its own when the next item does not fit. */
  | { readonly kind: "fill"; readonly items: readonly Doc[] }
  | { readonly kind: "if-broken"; readonly broken: Doc }
  /** The first of `whole` on one line, `head` on one line with `last` broken, or `broken` that fits. */
  | {
      readonly kind: "hug";
      readonly whole: Doc;
      readonly head: string;
      readonly last: Doc;
      readonly broken: Doc;
    }
  | { readonly kind: "line"; readonly flat: "" | " "; readonly hard: boolean };

/** A space, or a line break in a broken group. */
export const LINE: Doc = { kind: "line", flat: " ", hard: false };
/** Nothing, or a line break in a broken group. */
export const SOFT_LINE: Doc = { kind: "line", flat: "", hard: false };
/** Always a line break; breaks every group around it. */
export const HARD_LINE: Doc = { kind: "line", flat: "", hard: true };

const INDENT = "  ";

export function group(content: Doc): Doc {
  return { kind: "group", content, breaks: containsHardLine(content) };
}

export function indent(content: Doc): Doc {
  return { kind: "indent", content };
}

export function join(separator: Doc, items: readonly Doc[]): Doc {
  return items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]));
}

/** `open item, item close`, one item a line when it does not fit; `padding` stands inside when flat. */
export function list(
  open: string,
  items: readonly Doc[],
  close: string,
  padding: "" | " " = "",
): Doc {
  if (items.length === 0) return `${open}${close}`;
  const edge = padding === " " ? LINE : SOFT_LINE;
  return group([
    open,
    indent([edge, join([",", LINE], items)]),
    { kind: "if-broken", broken: "," },
    edge,
    close,
  ]);
}

/** Like {@link list}, with as many short items on a line as fit. */
export function filledList(open: string, items: readonly Doc[], close: string): Doc {
  if (items.length === 0) return `${open}${close}`;
  const parts = items.map((item, index): Doc => (index < items.length - 1 ? [item, ","] : item));
  return group([
    open,
    indent([SOFT_LINE, { kind: "fill", items: parts }]),
    { kind: "if-broken", broken: "," },
    SOFT_LINE,
    close,
  ]);
}

/**
 * Call arguments: the last one hugs the parentheses when it can break inside and the others are
 * plain text, as prettier does.
 */
export function callArguments(args: readonly Doc[]): Doc {
  const last = args.at(-1);
  const broken = list("(", args, ")");
  if (last === undefined || !isHuggable(last)) return broken;
  const others = args.slice(0, -1).map(renderFlat);
  const isTwin = /^[[{]/.test(firstText(last)) && others.some((text) => /^[[{]/.test(text ?? ""));
  if (isTwin || others.includes(null)) return broken;
  const head = ["(", ...others.map((text) => `${text ?? ""}, `)].join("");
  return { kind: "hug", whole: [head, last, ")"], head, last: [last, ")"], broken };
}

/** The text of a document within `width` columns, its first line starting at `column`. */
export function render(
  doc: Doc,
  width = 80,
  indentLevel = 0,
  column: number = indentLevel * 2,
): string {
  const output: string[] = [];
  const stack: Command[] = [{ level: indentLevel, broken: true, doc }];
  let position = column;
  const breakLine = (level: number): void => {
    trimEnd(output);
    output.push("\n", INDENT.repeat(level));
    position = level * INDENT.length;
  };
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { level, broken, doc: current } = command;
    if (typeof current === "string") {
      output.push(current);
      position += current.length;
    } else if (isSequence(current)) {
      pushAll(stack, current, level, broken);
    } else if (current.kind === "indent") {
      stack.push({ level: level + 1, broken, doc: current.content });
    } else if (current.kind === "group") {
      const flat: Command = { level, broken: false, doc: current.content };
      const doesFit = !current.breaks && fits(flat, stack, width - position);
      stack.push(doesFit ? flat : { level, broken: true, doc: current.content });
    } else if (current.kind === "if-broken") {
      if (broken) stack.push({ level, broken, doc: current.broken });
    } else if (current.kind === "hug") {
      stack.push({ level, broken: true, doc: chooseHug(current, stack, width - position, level) });
    } else if (current.kind === "fill") {
      stack.push({ level, broken, doc: nextOfFill(current.items, stack, width - position, level) });
    } else if (broken) {
      breakLine(level);
    } else {
      output.push(current.flat);
      position += current.flat.length;
    }
  }
  return output.join("");
}

/** The text when it fits on one line, or null. */
export function renderFlat(doc: Doc): string | null {
  const text = render(doc, Number.POSITIVE_INFINITY);
  return text.includes("\n") ? null : text;
}

interface Command {
  readonly level: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

function pushAll(stack: Command[], docs: readonly Doc[], level: number, broken: boolean): void {
  for (const doc of docs.toReversed()) stack.push({ level, broken, doc });
}

/** The form of call arguments that fits; a forced break of the last argument keeps the others in front. */
function chooseHug(
  hug: Extract<Doc, { kind: "hug" }>,
  rest: readonly Command[],
  width: number,
  level: number,
): Doc {
  const isFlat = !containsHardLine(hug.whole);
  if (isFlat && fits({ level, broken: false, doc: hug.whole }, rest, width)) return hug.whole;
  const opened: Doc = [hug.head, breakGroups(hug.last)];
  return fits({ level, broken: true, doc: opened }, rest, width) ? opened : hug.broken;
}

/** The same document with its outermost groups broken. */
function breakGroups(doc: Doc): Doc {
  if (typeof doc === "string") return doc;
  if (isSequence(doc)) return doc.map(breakGroups);
  return doc.kind === "group" ? { ...doc, breaks: true } : doc;
}

/** The first item of a fill, a break that depends on the second, and the rest. */
function nextOfFill(
  items: readonly Doc[],
  rest: readonly Command[],
  width: number,
  level: number,
): Doc {
  const [first, second, ...others] = items;
  if (first === undefined) return [];
  if (second === undefined) return first;
  const both: Command = { level, broken: false, doc: [first, " ", second] };
  const separator: Doc = fits(both, others.length === 0 ? rest : [], width) ? " " : HARD_LINE;
  return [first, separator, { kind: "fill", items: [second, ...others] }];
}

/** Whether a command, and what follows it up to the next possible break, fits in `width` columns. */
function fits(command: Command, rest: readonly Command[], width: number): boolean {
  let left = width;
  let restIndex = rest.length;
  const stack: Command[] = [command];
  while (left >= 0) {
    const next = stack.pop() ?? rest[--restIndex];
    if (next === undefined) return true;
    const { doc, broken, level } = next;
    if (typeof doc === "string") left -= doc.length;
    else if (isSequence(doc)) pushAll(stack, doc, level, broken);
    else if (doc.kind === "indent") stack.push({ level, broken, doc: doc.content });
    else if (doc.kind === "group") {
      stack.push({ level, broken: broken || doc.breaks, doc: doc.content });
    } else if (doc.kind === "fill") pushAll(stack, [join(" ", doc.items)], level, broken);
    else if (doc.kind === "if-broken") {
      if (broken) stack.push({ level, broken, doc: doc.broken });
    } else if (doc.kind === "hug") {
      stack.push({ level, broken: false, doc: doc.whole });
    } else if (broken || doc.hard) return true;
    else left -= doc.flat.length;
  }
  return false;
}

function isSequence(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

function containsHardLine(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  if (isSequence(doc)) return doc.some(containsHardLine);
  if (doc.kind === "line") return doc.hard;
  if (doc.kind === "if-broken") return false;
  if (doc.kind === "hug") return containsHardLine(doc.whole);
  if (doc.kind === "fill") return doc.items.some(containsHardLine);
  return containsHardLine(doc.content);
}

/** Whether a document opens a bracket or function that may break inside while its head stays on the line. */
function isHuggable(doc: Doc): boolean {
  return /^(?:[[{(]|async \()/.test(firstText(doc)) && canBreak(doc);
}

function canBreak(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  return isSequence(doc) ? doc.some(canBreak) : doc.kind !== "hug";
}

/** The text that a document starts with. */
export function firstText(doc: Doc): string {
  if (typeof doc === "string") return doc;
  if (!isSequence(doc)) {
    return doc.kind === "hug" ? doc.head : "content" in doc ? firstText(doc.content) : "";
  }
  for (const part of doc) {
    const text = firstText(part);
    if (text !== "") return text;
  }
  return "";
}

function trimEnd(output: string[]): void {
  while (output.length > 0 && /^ *$/.test(output.at(-1) ?? "x")) output.pop();
}
