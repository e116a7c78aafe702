import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";

/** Statement indexes that a value refers to, each once. */
export function refsOfValue(gene: ValueGene, into: Set<number> = new Set()): Set<number> {
  switch (gene.kind) {
    case "ref":
      into.add(gene.statement);
      break;
    case "array":
    case "set":
    case "iterable":
      for (const item of gene.items) refsOfValue(item, into);
      break;
    case "object":
      for (const [, value] of gene.entries) refsOfValue(value, into);
      break;
    case "map":
      for (const [key, value] of gene.entries) {
        refsOfValue(key, into);
        refsOfValue(value, into);
      }
      break;
    case "promise":
      refsOfValue(gene.value, into);
      break;
    case "function":
      for (const value of templateValues(gene.template)) refsOfValue(value, into);
      break;
    default:
      break;
  }
  return into;
}

function templateValues(
  template: Extract<ValueGene, { kind: "function" }>["template"],
): readonly ValueGene[] {
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

/** The argument values of a statement; a `set` has one. */
export function argsOf(statement: Statement): readonly ValueGene[] {
  if ("args" in statement) return statement.args;
  return statement.kind === "set" ? [statement.value] : [];
}

/** The same statement with other argument values. */
export function withArgs(statement: Statement, args: readonly ValueGene[]): Statement {
  if ("args" in statement) return { ...statement, args };
  const value = args[0];
  return statement.kind === "set" && value !== undefined ? { ...statement, value } : statement;
}

/** The earlier statement whose result is the receiver or callee, or null. */
export function receiverOf(statement: Statement): number | null {
  if ("receiver" in statement) return statement.receiver;
  if (statement.kind === "call-value") return statement.callee;
  if (statement.kind === "call-with-callback" && "receiver" in statement.callee) {
    return statement.callee.receiver;
  }
  return null;
}

/** Every earlier statement that `statement` needs. */
export function refsOf(statement: Statement): Set<number> {
  const refs = new Set<number>();
  const receiver = receiverOf(statement);
  if (receiver !== null) refs.add(receiver);
  for (const gene of argsOf(statement)) refsOfValue(gene, refs);
  return refs;
}

/** The value with every reference renumbered by `map`. */
export function mapValueRefs(gene: ValueGene, map: (statement: number) => number): ValueGene {
  const go = (inner: ValueGene): ValueGene => mapValueRefs(inner, map);
  switch (gene.kind) {
    case "ref":
      return { kind: "ref", statement: map(gene.statement) };
    case "array":
    case "set":
    case "iterable":
      return { ...gene, items: gene.items.map(go) };
    case "object":
      return { ...gene, entries: gene.entries.map(([key, value]) => [key, go(value)] as const) };
    case "map":
      return {
        ...gene,
        entries: gene.entries.map(([key, value]) => [go(key), go(value)] as const),
      };
    case "promise":
      return { ...gene, value: go(gene.value) };
    case "function": {
      const { template } = gene;
      switch (template.kind) {
        case "constant":
        case "async-constant":
          return { ...gene, template: { ...template, value: go(template.value) } };
        case "calls-back":
          return {
            ...gene,
            template: {
              ...template,
              error: template.error === null ? null : go(template.error),
              value: go(template.value),
            },
          };
        case "spy":
          return { ...gene, template: { ...template, returns: go(template.returns) } };
        default:
          return gene;
      }
    }
    default:
      return gene;
  }
}

/** The statement with every reference renumbered by `map`. */
export function mapStatementRefs(
  statement: Statement,
  map: (statement: number) => number,
): Statement {
  const mapped = withArgs(
    statement,
    argsOf(statement).map((gene) => mapValueRefs(gene, map)),
  );
  if ("receiver" in mapped) return { ...mapped, receiver: map(mapped.receiver) };
  if (mapped.kind === "call-value") return { ...mapped, callee: map(mapped.callee) };
  if (mapped.kind === "call-with-callback" && "receiver" in mapped.callee) {
    return { ...mapped, callee: { ...mapped.callee, receiver: map(mapped.callee.receiver) } };
  }
  return mapped;
}

/** The program reduced to the statements in `kept`; references must stay inside. */
export function keepStatements(program: TestProgram, kept: ReadonlySet<number>): TestProgram {
  const numbers = new Map<number, number>();
  const statements: Statement[] = [];
  program.statements.forEach((statement, index) => {
    if (!kept.has(index)) return;
    numbers.set(index, statements.length);
    statements.push(mapStatementRefs(statement, (old) => numbers.get(old) ?? 0));
  });
  return { ...program, statements };
}

/**
 * The statements that can matter to statement `focus`: what it refers to, what those refer to, and
 * earlier statements that touch any of them (a method may have changed its receiver or argument).
 */
export function sliceFor(program: TestProgram, focus: number): Set<number> {
  const kept = new Set<number>([focus]);
  for (;;) {
    const before = kept.size;
    for (let index = focus; index >= 0; index -= 1) {
      const statement = program.statements[index];
      if (statement === undefined) continue;
      const refs = refsOf(statement);
      if (kept.has(index)) for (const ref of refs) kept.add(ref);
      else if (statement.kind !== "get" && [...refs].some((ref) => kept.has(ref))) kept.add(index);
    }
    if (kept.size === before) return kept;
  }
}

/** The program without statement `index` and everything that depends on it; null when nothing stays. */
export function dropStatement(program: TestProgram, index: number): TestProgram | null {
  const dropped = new Set([index]);
  program.statements.forEach((statement, at) => {
    if ([...refsOf(statement)].some((ref) => dropped.has(ref))) dropped.add(at);
  });
  const kept = new Set(program.statements.keys());
  for (const at of dropped) kept.delete(at);
  return kept.size === 0 ? null : keepStatements(program, kept);
}

/** `second` after `first`, its references moved; both of one module. */
export function concatPrograms(first: TestProgram, second: TestProgram): TestProgram {
  const offset = first.statements.length;
  return {
    module: first.module,
    usesFixture: first.usesFixture || second.usesFixture,
    statements: [
      ...first.statements,
      ...second.statements.map((statement) => mapStatementRefs(statement, (old) => old + offset)),
    ],
  };
}

/**
 * True when every reference points backwards; materialising anything else would be undefined.
 */
export function isWellFormed(program: TestProgram): boolean {
  return program.statements.every((statement, index) =>
    [...refsOf(statement)].every((ref) => Number.isInteger(ref) && ref >= 0 && ref < index),
  );
}

/** Names what a statement calls, for the blacklist. */
export function toCalleeKey(program: TestProgram, statement: Statement): string {
  switch (statement.kind) {
    case "call":
    case "new":
      return `${program.module} ${statement.callee.join(".")}`;
    case "method":
      return `${program.module} .${statement.name}`;
    case "call-with-callback":
      return `${program.module} ${
        "receiver" in statement.callee ? `.${statement.callee.name}` : statement.callee.join(".")
      }`;
    default:
      return `${program.module} ${statement.kind}`;
  }
}

/** Names the call of a statement: what is called, with which values. */
export function toCallKey(program: TestProgram, statement: Statement): string {
  return `${toCalleeKey(program, statement)} ${JSON.stringify(argsOf(statement))}`;
}

/** Names what a statement calls and the kinds of its arguments. */
export function toKindsKey(program: TestProgram, statement: Statement): string {
  const kinds = argsOf(statement).map(({ kind }) => kind);
  return `${toCalleeKey(program, statement)} (${kinds.join(", ")})`;
}

/** Rough size of a program, to prefer the simpler of two: statements first, then text. */
export function toCost(program: TestProgram): number {
  return program.statements.length * 40 + JSON.stringify(program.statements).length;
}
