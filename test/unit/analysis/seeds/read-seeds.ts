import {
  collectSeeds,
  type SeedInput,
  type Seeds,
} from "../../../../src/analysis/seeds/collect-seeds.ts";
import type { Snippet } from "../../../../src/analysis/seeds/snippets.ts";
import { parseSource } from "../../../../src/analysis/syntax/parse.ts";
import type { CallableHint } from "../../../../src/contract/api-model.ts";
import type {
  ExportPath,
  FunctionTemplate,
  Statement,
  ValueGene,
} from "../../../../src/contract/program.ts";
import type { ProjectInfo } from "../../../../src/contract/project.ts";

/** What is known of the package whose documentation is read; a builder with defaults. */
export interface Reading {
  readonly exports?: readonly string[];
  readonly packageName?: string;
  readonly specifier?: string;
  readonly system?: "commonjs" | "esm";
  /** Name of the class or function that `module.exports` is, for packages that export one thing. */
  readonly whole?: string;
  readonly usesFiles?: boolean;
  readonly files?: readonly string[];
  readonly kind?: Snippet["kind"];
  readonly from?: string;
}

/** Reads documentation of a package and answers programs, each as a line of text. */
export function readSeeds(code: string, reading: Reading = {}): readonly string[] {
  return seedsOf(code, reading).programs.map(({ statements }) => printStatements(statements));
}

export function seedsOf(code: string, reading: Reading = {}): Seeds {
  return collectSeeds({ ...toInput(reading), snippets: [toSnippet(code, reading)] });
}

function toInput(reading: Reading): Omit<SeedInput, "snippets"> {
  const { system = "esm", specifier = ".", packageName = "shapes", whole } = reading;
  const known = new Set(["index.js", ...(reading.files ?? [])]);
  const paths = (reading.exports ?? ["area", "Shape"]).map((name) => name.split("."));
  return {
    tree: { has: (path) => known.has(path) },
    project: { name: packageName } as ProjectInfo,
    entry: { specifier, file: "index.js", system },
    callables: paths.map((path): CallableHint => ({
      path,
      kind: "function",
      signatures: [],
      isTyped: false,
      literals: [],
      where: null,
      summary: null,
      documentedThrows: [],
    })),
    implementations:
      whole === undefined
        ? []
        : [
            {
              path: ["default"],
              kind: "function",
              key: "index.js:1",
              name: whole,
              params: [],
              literals: [],
              where: { file: "index.js", line: 1 },
              doc: null,
            },
          ],
    reachable: [...known],
    usesFiles: reading.usesFiles ?? false,
  };
}

function toSnippet(code: string, { kind = "document", from = "README.md" }: Reading): Snippet {
  switch (kind) {
    case "inline":
      return { kind, file: from, texts: [code] };
    case "test": {
      const parsed = parseSource(code, from);
      if (parsed.kind === "failed") throw new Error(parsed.message);
      return { kind, file: from, ast: parsed.file };
    }
    default:
      return { kind, file: from, blocks: code.split("\n---\n") };
  }
}

/** `$0 = area(2); $1 = $0.scale(3)`: short, so that a table of expectations can be read. */
export function printStatements(statements: readonly Statement[]): string {
  return statements.map(printStatement).join("; ");
}

function printStatement(statement: Statement): string {
  const awaits = "awaits" in statement && statement.awaits ? "await " : "";
  const list = (genes: readonly ValueGene[]): string => genes.map(printGene).join(", ");
  switch (statement.kind) {
    case "call":
      return `${awaits}${name(statement.callee)}(${list(statement.args)})`;
    case "new":
      return `new ${name(statement.callee)}(${list(statement.args)})`;
    case "method":
      return `${awaits}$${statement.receiver}.${statement.name}(${list(statement.args)})`;
    case "get":
      return `$${statement.receiver}.${statement.name}`;
    case "set":
      return `$${statement.receiver}.${statement.name} = ${printGene(statement.value)}`;
    case "call-value":
      return `${awaits}$${statement.callee}(${list(statement.args)})`;
    case "iterate":
      return `iterate $${statement.receiver}`;
    case "call-with-callback": {
      const { callee } = statement;
      const called = "receiver" in callee ? `$${callee.receiver}.${callee.name}` : name(callee);
      return `${called}(${[...statement.args.map(printGene), "CALLBACK"].join(", ")})`;
    }
    case "wait-event":
      return `wait $${statement.receiver} ${statement.event}`;
  }
}

function name(path: ExportPath): string {
  return path.join(".");
}

export function printGene(gene: ValueGene): string {
  switch (gene.kind) {
    case "undefined":
    case "null":
      return gene.kind;
    case "string":
      return JSON.stringify(gene.value);
    case "number":
    case "boolean":
      return String(gene.value);
    case "bigint":
      return `${gene.value}n`;
    case "symbol":
      return `Symbol(${gene.description})`;
    case "regexp":
      return `/${gene.source}/${gene.flags}`;
    case "date":
      return `Date(${gene.epochMs})`;
    case "array":
      return `[${gene.items.map(printGene).join(", ")}]`;
    case "object":
      return `{${gene.entries.map(([key, value]) => `${key}: ${printGene(value)}`).join(", ")}}`;
    case "map":
      return `Map(${gene.entries.map(([key, value]) => `${printGene(key)} => ${printGene(value)}`).join(", ")})`;
    case "set":
      return `Set(${gene.items.map(printGene).join(", ")})`;
    case "iterable":
      return `iterable(${gene.items.map(printGene).join(", ")})`;
    case "bytes":
      return `${gene.type}(${Buffer.from(gene.base64, "base64").toString("latin1")})`;
    case "typed-array":
      return `${gene.type}(${gene.items.join(", ")})`;
    case "error":
      return `${gene.type}(${gene.message})`;
    case "promise":
      return `Promise(${printGene(gene.value)})`;
    case "rejected-promise":
      return `Rejected(${gene.message})`;
    case "function":
      return printTemplate(gene.template);
    case "ref":
      return `$${gene.statement}`;
    case "export":
      return name(gene.path);
  }
}

function printTemplate(template: FunctionTemplate): string {
  switch (template.kind) {
    case "constant":
      return `fn(${printGene(template.value)})`;
    case "async-constant":
      return `async-fn(${printGene(template.value)})`;
    case "argument":
      return `fn(#${template.index})`;
    case "operator":
      return `fn(a ${template.operator} b)`;
    case "property":
      return `fn(#0.${template.name})`;
    case "throws":
      return `fn(throws ${template.message})`;
    case "calls-back":
      return `fn(calls back ${template.error === null ? "null" : printGene(template.error)}, ${printGene(template.value)})`;
    case "spy":
      return "spy";
  }
}
