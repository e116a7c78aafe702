import type { ExportPath, FunctionTemplate, ValueGene } from "../../contract/program.ts";
import {
  callArguments,
  filledList,
  firstText,
  group,
  HARD_LINE,
  indent,
  list,
  type Doc,
} from "../layout.ts";
import {
  toBytesDoc,
  toDateLiteral,
  toKey,
  toMember,
  toNumberLiteral,
  toRegExpLiteral,
  toStringDoc,
  toStringLiteral,
} from "./literals.ts";

/** What the expression of a value may refer to. */
export interface ValueScope {
  /** Expression of an earlier statement's result. */
  readonly refOf: (statement: number) => Doc;
  readonly exportOf: (path: ExportPath) => string;
  /** Declares a rejected promise before the statement, so that nothing is left unhandled; answers its name. */
  readonly rejectionOf: (message: string) => string;
  readonly isTypeScript: boolean;
}

/** The expression of a value gene. */
export function printValue(gene: ValueGene, scope: ValueScope): Doc {
  switch (gene.kind) {
    case "undefined":
    case "null":
      return gene.kind;
    case "boolean":
      return String(gene.value);
    case "number":
      return toNumberLiteral(gene.value);
    case "bigint":
      return `${gene.value}n`;
    case "string":
      return toStringDoc(gene.value);
    case "symbol":
      return `Symbol(${toStringLiteral(gene.description)})`;
    case "regexp":
      return toRegExpLiteral(gene.source, gene.flags);
    case "date":
      return toDateLiteral(gene.epochMs);
    case "array":
      return printArray(
        gene.items.map((item) => printValue(item, scope)),
        isNumeric(gene.items),
      );
    case "object":
      return printEntries(gene.entries.map(([key, value]) => [key, printValue(value, scope)]));
    case "map":
    case "set":
    case "iterable":
      return printCollection(gene, scope);
    case "bytes":
      return toBytesDoc(gene.type, gene.base64);
    case "typed-array":
      return printTypedArray(gene.type, gene.items);
    case "error":
      return ["new ", gene.type, callArguments([toStringDoc(gene.message)])];
    case "promise":
      return ["Promise.resolve", callArguments([printValue(gene.value, scope)])];
    case "rejected-promise":
      return scope.rejectionOf(gene.message);
    case "function":
      return printFunction(gene.template, scope);
    case "ref":
      return scope.refOf(gene.statement);
    case "export":
      return scope.exportOf(gene.path);
  }
}

/** An array literal; numbers share lines. */
export function printArray(items: readonly Doc[], areNumbers: boolean): Doc {
  return areNumbers ? filledList("[", items, "]") : list("[", items, "]");
}

/** An object literal; of equal keys the last value counts, as in JavaScript. */
export function printEntries(entries: readonly (readonly [string, Doc])[]): Doc {
  const unique = new Map(entries);
  return list(
    "{",
    [...unique].map(([key, value]) => [toKey(key), ": ", value]),
    "}",
    " ",
  );
}

/** `new Float32Array([…])`, each item as the shortest number that is stored as the same value. */
export function printTypedArray(type: string, items: readonly (number | string)[]): Doc {
  if (items.length === 0) return `new ${type}(0)`;
  const texts = items.map((item) => toItemLiteral(type, item));
  return [`new ${type}(`, filledList("[", texts, "]"), ")"];
}

/** The function literal of a template; `calls` names the array that a spy pushes its arguments to. */
export function printFunction(
  template: FunctionTemplate,
  scope: ValueScope,
  calls: string | null = null,
): Doc {
  switch (template.kind) {
    case "constant":
      return template.value.kind === "undefined"
        ? "() => {}"
        : arrow("()", printValue(template.value, scope));
    case "argument": {
      const names = PARAMETERS.slice(0, template.index + 1);
      return arrow(parameters(names, scope), names.at(-1) ?? "undefined");
    }
    case "operator":
      return arrow(parameters(["a", "b"], scope), `a ${template.operator} b`);
    case "property":
      return arrow(parameters(["x"], scope), `x${toMember(template.name)}`);
    case "throws":
      return ["() => ", block([["throw new Error(", toStringDoc(template.message), ");"]])];
    case "async-constant":
      return ["async ", arrow("()", printValue(template.value, scope))];
    case "calls-back":
      return printCallsBack(template, scope);
    case "spy":
      if (calls !== null) return printSpy(template.returns, scope, calls);
      return printFunction({ kind: "constant", value: template.returns }, scope);
  }
}

/** `{` statements `}`, one a line. */
export function block(statements: readonly Doc[]): Doc {
  return group(["{", indent(statements.map((line): Doc => [HARD_LINE, line])), HARD_LINE, "}"]);
}

const PARAMETERS = ["a", "b", "c", "d", "e", "f", "g", "h"];

function parameters(names: readonly string[], scope: ValueScope): string {
  return `(${names.map((name) => (scope.isTypeScript ? `${name}: any` : name)).join(", ")})`;
}

function arrow(head: string, body: Doc): Doc {
  const text = typeof body === "string" ? body : null;
  const isObject = text === null && firstText(body).startsWith("{");
  return isObject ? [head, " => (", body, ")"] : [head, " => ", body];
}

function printSpy(returns: ValueGene, scope: ValueScope, calls: string): Doc {
  const head = scope.isTypeScript ? "(...args: unknown[]) => " : "(...args) => ";
  const record = `${calls}.push(args);`;
  if (returns.kind === "undefined") return [head, block([record])];
  return [head, block([record, ["return ", printValue(returns, scope), ";"]])];
}

function printCallsBack(
  template: FunctionTemplate & { readonly kind: "calls-back" },
  scope: ValueScope,
): Doc {
  const head = scope.isTypeScript ? "(...args: any[]) => " : "(...args) => ";
  const error = template.error === null ? "null" : printValue(template.error, scope);
  const given = callArguments([error, printValue(template.value, scope)]);
  return [head, "args.at(-1)?.", given];
}

function printCollection(
  gene: ValueGene & { readonly kind: "map" | "set" | "iterable" },
  scope: ValueScope,
): Doc {
  if (gene.kind === "map") {
    const pairs = gene.entries.map((pair) =>
      list(
        "[",
        pair.map((side) => printValue(side, scope)),
        "]",
      ),
    );
    return pairs.length === 0 ? "new Map()" : ["new Map(", list("[", pairs, "]"), ")"];
  }
  const items = printArray(
    gene.items.map((item) => printValue(item, scope)),
    isNumeric(gene.items),
  );
  if (gene.kind === "iterable") return [items, ".values()"];
  return gene.items.length === 0 ? "new Set()" : ["new Set(", items, ")"];
}

/** The shortest literal that a typed array stores as `item`; matters for 32-bit floats. */
function toItemLiteral(type: string, item: number | string): string {
  if (type === "Float32Array" && typeof item === "number" && Number.isFinite(item)) {
    for (let digits = 1; digits <= 9; digits += 1) {
      const short = Number(item.toPrecision(digits));
      if (Math.fround(short) === Math.fround(item))
        return toNumberLiteral(Object.is(item, -0) ? item : short);
    }
  }
  return toNumberLiteral(item);
}

function isNumeric(items: readonly ValueGene[]): boolean {
  return items.length > 1 && items.every((item) => item.kind === "number");
}
