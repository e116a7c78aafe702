import type {
  FunctionTemplate,
  Statement,
  TestProgram,
  ValueGene,
} from "../../contract/program.ts";
import type { Snapshot } from "../../contract/snapshot.ts";

/** Names of earlier results and of the target's exports, as they stand in the printed test. */
export interface CodeNames {
  readonly ref: (statement: number) => string;
  readonly path: (path: readonly string[]) => string;
}

/** A value as a JavaScript expression. */
export function printValue(gene: ValueGene, names: CodeNames): string {
  const go = (inner: ValueGene): string => printValue(inner, names);
  const list = (items: readonly ValueGene[]): string => `[${items.map(go).join(", ")}]`;
  switch (gene.kind) {
    case "undefined":
    case "null":
      return gene.kind;
    case "boolean":
    case "number":
      return String(gene.value);
    case "bigint":
      return `${gene.value}n`;
    case "string":
      return printText(gene.value);
    case "symbol":
      return `Symbol(${printText(gene.description)})`;
    case "regexp":
      return printRegex(gene.source, gene.flags);
    case "date":
      return gene.epochMs === "NaN" ? "new Date(NaN)" : `new Date(${printDate(gene.epochMs)})`;
    case "array":
      return list(gene.items);
    case "object":
      return printObject(gene.entries.map(([key, value]) => [key, go(value)] as const));
    case "map":
      return `new Map([${gene.entries.map(([key, value]) => `[${go(key)}, ${go(value)}]`).join(", ")}])`;
    case "set":
      return `new Set(${list(gene.items)})`;
    case "bytes":
      return printBytes(gene);
    case "typed-array":
      return `${gene.type}.from([${gene.items.join(", ")}])`;
    case "error":
      return `new ${gene.type}(${printText(gene.message)})`;
    case "promise":
      return `Promise.resolve(${go(gene.value)})`;
    case "rejected-promise":
      return `Promise.reject(new Error(${printText(gene.message)}))`;
    case "iterable":
      return `${list(gene.items)}.values()`;
    case "function":
      return printFunction(gene.template, go);
    case "ref":
      return names.ref(gene.statement);
    case "export":
      return names.path(gene.path);
  }
}

/** A statement as an expression, without `await` and without binding. */
export function printStatement(statement: Statement, names: CodeNames): string {
  const args = (): string =>
    "args" in statement ? statement.args.map((arg) => printValue(arg, names)).join(", ") : "";
  switch (statement.kind) {
    case "call":
      return `${names.path(statement.callee)}(${args()})`;
    case "new":
      return `new ${names.path(statement.callee)}(${args()})`;
    case "method":
      return `${printMember(names.ref(statement.receiver), statement.name)}(${args()})`;
    case "get":
      return printMember(names.ref(statement.receiver), statement.name);
    case "set":
      return `${printMember(names.ref(statement.receiver), statement.name)} = ${printValue(statement.value, names)}`;
    case "call-value":
      return `${names.ref(statement.callee)}(${args()})`;
    case "iterate":
      return `${statement.awaits ? "await Array.fromAsync" : "Array.from"}(${names.ref(statement.receiver)}).slice(0, ${statement.limit})`;
    case "call-with-callback": {
      const callee =
        "receiver" in statement.callee
          ? printMember(names.ref(statement.callee.receiver), statement.callee.name)
          : names.path(statement.callee);
      const before = statement.args.length === 0 ? "" : `${args()}, `;
      return `new Promise((resolve) => ${callee}(${before}(...results) => resolve(results)))`;
    }
    case "wait-event":
      return `new Promise((resolve) => ${names.ref(statement.receiver)}.once(${printText(statement.event)}, (...args) => resolve(args)))`;
  }
}

/** One call with everything it needs written inside it, for a summary line; at most 160 characters. */
export function printCall(program: TestProgram, index: number): string {
  const names: CodeNames = {
    ref: (statement) => inline(program, statement, names),
    path: (path) => path.filter((part) => part !== "prototype").join("."),
  };
  const text = inline(program, index, names);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

function inline(program: TestProgram, index: number, names: CodeNames): string {
  const statement = program.statements[index];
  if (statement === undefined) return "…";
  if (statement.kind !== "call-with-callback") return printStatement(statement, names);
  const callee =
    "receiver" in statement.callee
      ? printMember(names.ref(statement.callee.receiver), statement.callee.name)
      : names.path(statement.callee);
  return `${callee}(${[...statement.args.map((arg) => printValue(arg, names)), "callback"].join(", ")})`;
}

/** An observed value for a person to read; at most 120 characters. */
export function printSnapshot(snapshot: Snapshot): string {
  const text = describeSnapshot(snapshot, 0);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function describeSnapshot(snapshot: Snapshot, depth: number): string {
  const go = (inner: Snapshot): string => describeSnapshot(inner, depth + 1);
  if (depth > 3) return "…";
  switch (snapshot.kind) {
    case "undefined":
    case "null":
      return snapshot.kind;
    case "boolean":
    case "number":
      return String(snapshot.value);
    case "bigint":
      return `${snapshot.value}n`;
    case "string":
      return printText(snapshot.value);
    case "symbol":
      return `Symbol(${snapshot.description})`;
    case "regexp":
      return `/${snapshot.source}/${snapshot.flags}`;
    case "date":
      return snapshot.epochMs === "NaN" ? "Invalid Date" : `Date ${printDate(snapshot.epochMs)}`;
    case "array":
      return `[${snapshot.items.map(go).join(", ")}]`;
    case "object": {
      const shape = printObject(snapshot.entries.map(([key, value]) => [key, go(value)] as const));
      return snapshot.className === "Object" ? shape : `${snapshot.className} ${shape}`;
    }
    case "map":
      return `Map(${snapshot.size})`;
    case "set":
      return `Set(${snapshot.size})`;
    case "bytes":
    case "typed-array":
      return `${snapshot.type}(${snapshot.length})`;
    case "error":
      return `${snapshot.name}: ${snapshot.message}`;
    case "function":
      return `function ${snapshot.name}`;
    case "same":
      return "an earlier result";
    case "opaque":
      return snapshot.className;
  }
}

/** A text as a literal that is safe on one line of any source file. */
export function printText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
    (char) => {
      const code = char.charCodeAt(0).toString(16).padStart(4, "0");
      return `\\u${code}`;
    },
  );
}

/** `receiver.name`, or `receiver["na-me"]`. */
export function printMember(receiver: string, name: string): string {
  const target = /^(?:new |await )/.test(receiver) ? `(${receiver})` : receiver;
  return isIdentifier(name) ? `${target}.${name}` : `${target}[${printText(name)}]`;
}

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

function printObject(entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return "{}";
  const members = entries.map(([key, value]) => {
    if (key === "__proto__") return `["__proto__"]: ${value}`;
    return `${isIdentifier(key) ? key : printText(key)}: ${value}`;
  });
  return `{ ${members.join(", ")} }`;
}

function printRegex(source: string, flags: string): string {
  return source === "" || /[/\n\r\u2028\u2029]/.test(source)
    ? `new RegExp(${printText(source)}, ${printText(flags)})`
    : `/${source}/${flags}`;
}

function printDate(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? String(epochMs) : `"${date.toISOString()}"`;
}

function printBytes(gene: Extract<ValueGene, { kind: "bytes" }>): string {
  const bytes = Buffer.from(gene.base64, "base64");
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text, "utf8").equals(bytes);
  const buffer = isText
    ? `Buffer.from(${printText(text)})`
    : `Buffer.from("${gene.base64}", "base64")`;
  if (gene.type === "Buffer") return buffer;
  return gene.type === "Uint8Array"
    ? `new Uint8Array(${buffer})`
    : `new Uint8Array(${buffer}).buffer`;
}

function printFunction(template: FunctionTemplate, go: (gene: ValueGene) => string): string {
  const body = (gene: ValueGene): string => (gene.kind === "object" ? `(${go(gene)})` : go(gene));
  switch (template.kind) {
    case "constant":
      return template.value.kind === "undefined" ? "() => {}" : `() => ${body(template.value)}`;
    case "spy":
      return template.returns.kind === "undefined" ? "() => {}" : `() => ${body(template.returns)}`;
    case "async-constant":
      return template.value.kind === "undefined"
        ? "async () => {}"
        : `async () => ${body(template.value)}`;
    case "argument": {
      const params = ["a", "b", "c", "d"].slice(0, template.index + 1);
      return template.index > 3
        ? `(...args) => args[${template.index}]`
        : `(${params.join(", ")}) => ${params.at(-1) ?? "a"}`;
    }
    case "operator":
      return `(a, b) => a ${template.operator} b`;
    case "property":
      return `(item) => ${printMember("item", template.name)}`;
    case "throws":
      return `() => { throw new Error(${printText(template.message)}); }`;
    case "calls-back": {
      const error = template.error === null ? "null" : go(template.error);
      return `(...args) => args.findLast((arg) => typeof arg === "function")?.(${error}, ${go(template.value)})`;
    }
  }
}
