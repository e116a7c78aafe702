import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import { toNumber } from "./genes.ts";

/** The value with each reference to an earlier statement replaced by what `replace` answers. */
export function mapRefs(gene: ValueGene, replace: (statement: number) => ValueGene): ValueGene {
  return gene.kind === "ref"
    ? replace(gene.statement)
    : mapChildren(gene, (child) => mapRefs(child, replace));
}

/** Statement indexes that a value refers to, in order of appearance, each once. */
export function collectRefs(gene: ValueGene): readonly number[] {
  const found = new Set<number>();
  const walk = (inner: ValueGene): void => {
    if (inner.kind === "ref") found.add(inner.statement);
    else for (const child of childrenOf(inner)) walk(child);
  };
  walk(gene);
  return [...found];
}

/** The values that a value directly holds, in order. */
export function childrenOf(gene: ValueGene): readonly ValueGene[] {
  switch (gene.kind) {
    case "array":
    case "set":
    case "iterable":
      return gene.items;
    case "object":
      return gene.entries.map(([, value]) => value);
    case "map":
      return gene.entries.flat();
    case "promise":
      return [gene.value];
    case "function":
      return templateChildren(gene.template);
    default:
      return [];
  }
}

/** The same value with each directly held value replaced. */
export function mapChildren(gene: ValueGene, change: (child: ValueGene) => ValueGene): ValueGene {
  switch (gene.kind) {
    case "array":
    case "set":
    case "iterable":
      return { ...gene, items: gene.items.map(change) };
    case "object":
      return {
        ...gene,
        entries: gene.entries.map(([key, value]) => [key, change(value)] as const),
      };
    case "map":
      return {
        ...gene,
        entries: gene.entries.map(([key, value]) => [change(key), change(value)] as const),
      };
    case "promise":
      return { ...gene, value: change(gene.value) };
    case "function":
      return { ...gene, template: mapTemplate(gene.template, change) };
    default:
      return gene;
  }
}

/**
 * How far a value is from the simplest one: a whole number ≥ 1. Canonical values (`0`, `1`, `''`,
 * `'a'`, `[]`, `{}`) are the smallest of their kind, and a part is smaller than the whole, so that
 * each step of shrinking lowers it and shrinking ends.
 */
export function valueSize(gene: ValueGene): number {
  const held = childrenOf(gene).reduce((sum, child) => sum + valueSize(child), 0);
  switch (gene.kind) {
    case "undefined":
    case "null":
      return 1;
    case "boolean":
      return gene.value ? 3 : 2;
    case "number":
      return numberSize(toNumber(gene));
    case "string":
      return 2 + textSize(gene.value);
    case "bigint":
      return 3 + gene.value.length;
    case "symbol":
      return 6 + textSize(gene.description);
    case "regexp":
      return 6 + textSize(gene.source) + gene.flags.length;
    case "date":
      return gene.epochMs === "NaN" ? 7 : 6 + numberSize(gene.epochMs);
    case "array":
      return 3 + held + gene.items.length;
    case "object":
      return 3 + held + gene.entries.reduce((sum, [key]) => sum + 2 + key.length, 0);
    case "map":
      return 7 + held + 2 * gene.entries.length;
    case "set":
    case "iterable":
      return 7 + held + gene.items.length;
    case "bytes":
      return 7 + gene.base64.length;
    case "typed-array":
      return 7 + gene.items.reduce((sum, item) => sum + 1 + numberSize(item), 0);
    case "error":
      return (gene.type === "Error" ? 6 : 8) + textSize(gene.message);
    case "promise":
      return 7 + held;
    case "rejected-promise":
      return 8 + textSize(gene.message);
    case "function":
      return templateSize(gene.template) + held;
    case "ref":
      return 4;
    case "export":
      return 4 + gene.path.length;
  }
}

const SMALL_NUMBERS: readonly number[] = [0, 1, 2, -1, 3];

function numberSize(value: number): number {
  if (Object.is(value, -0)) return 9;
  const rank = SMALL_NUMBERS.indexOf(value);
  if (rank >= 0) return 2 + rank;
  if (Number.isNaN(value)) return 8;
  if (!Number.isFinite(value)) return value > 0 ? 8 : 9;
  const digits = String(Math.abs(value)).length;
  return 6 + 2 * digits + (value < 0 ? 1 : 0) + (Number.isInteger(value) ? 0 : 1);
}

/** Letters of plain words cost least; control and non-ASCII characters most. */
function textSize(text: string): number {
  let size = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const isLower = code >= 97 && code <= 122;
    size += code === 97 ? 2 : isLower ? 3 : code >= 32 && code < 127 ? 4 : 6;
  }
  return size;
}

function templateSize(template: FunctionTemplate): number {
  switch (template.kind) {
    case "constant":
      return 5;
    case "argument":
      return 7 + template.index;
    case "async-constant":
      return 8;
    case "operator":
    case "spy":
      return 9;
    case "property":
      return 8 + template.name.length;
    case "throws":
      return 10 + textSize(template.message);
    case "calls-back":
      return template.error === null ? 10 : 11;
  }
}

function templateChildren(template: FunctionTemplate): readonly ValueGene[] {
  switch (template.kind) {
    case "constant":
    case "async-constant":
      return [template.value];
    case "calls-back":
      return template.error === null ? [template.value] : [template.error, template.value];
    case "spy":
      return [template.returns];
    default:
      return [];
  }
}

function mapTemplate(
  template: FunctionTemplate,
  change: (child: ValueGene) => ValueGene,
): FunctionTemplate {
  switch (template.kind) {
    case "constant":
    case "async-constant":
      return { ...template, value: change(template.value) };
    case "calls-back":
      return {
        ...template,
        error: template.error === null ? null : change(template.error),
        value: change(template.value),
      };
    case "spy":
      return { ...template, returns: change(template.returns) };
    default:
      return template;
  }
}
