import type { ExportPath, FunctionTemplate, Statement, ValueGene } from "../../contract/program.ts";

/** Every gene inside a value, itself first, in the order in which JavaScript evaluates them. */
export function* walkValue(gene: ValueGene): Generator<ValueGene> {
  yield gene;
  for (const child of childrenOf(gene)) yield* walkValue(child);
}

/** The values that a statement passes on. */
export function argumentsOf(statement: Statement): readonly ValueGene[] {
  if (statement.kind === "set") return [statement.value];
  return "args" in statement ? statement.args : [];
}

/** The earlier statement whose result is called or looked into, or null. */
export function receiverOf(statement: Statement): number | null {
  switch (statement.kind) {
    case "method":
    case "get":
    case "set":
    case "iterate":
    case "wait-event":
      return statement.receiver;
    case "call-value":
      return statement.callee;
    case "call-with-callback":
      return "receiver" in statement.callee ? statement.callee.receiver : null;
    case "call":
    case "new":
      return null;
  }
}

/** The export that a statement calls, or null when it works on an earlier result. */
export function calleeOf(statement: Statement): ExportPath | null {
  if (statement.kind === "call" || statement.kind === "new") return statement.callee;
  if (statement.kind !== "call-with-callback") return null;
  return "receiver" in statement.callee ? null : statement.callee;
}

/** Earlier statements that a statement refers to, once for each mention. */
export function mentionsOf(statement: Statement): number[] {
  const receiver = receiverOf(statement);
  const mentions = receiver === null ? [] : [receiver];
  for (const argument of argumentsOf(statement)) {
    for (const gene of walkValue(argument)) if (gene.kind === "ref") mentions.push(gene.statement);
  }
  return mentions;
}

/** Every export path that a statement names. */
export function exportsOf(statement: Statement): ExportPath[] {
  const callee = calleeOf(statement);
  const paths: ExportPath[] = callee === null ? [] : [callee];
  for (const argument of argumentsOf(statement)) {
    for (const gene of walkValue(argument)) if (gene.kind === "export") paths.push(gene.path);
  }
  return paths;
}

function childrenOf(gene: ValueGene): readonly ValueGene[] {
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
      return childrenOfTemplate(gene.template);
    default:
      return [];
  }
}

function childrenOfTemplate(template: FunctionTemplate): readonly ValueGene[] {
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
