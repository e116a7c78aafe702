import type { Statement, ValueGene } from "../../contract/program.ts";

/** Longest program that becomes a seed. */
export const MAX_PROGRAM: number = 12;
const MAX_READS = 3;

/**
 * Programs out of one recorded list: for each statement that no later one uses, it and everything it needs.
 * Earlier calls on the same receivers come along where the whole stays short, since they may change them.
 */
export function sliceStatements(
  statements: readonly Statement[],
): readonly (readonly Statement[])[] {
  const isLeafRead = leafReads(statements);
  const used = new Set(
    statements.flatMap((statement, index) =>
      isLeafRead.has(index) ? [] : dependenciesOf(statement),
    ),
  );
  const slices: (readonly Statement[])[] = [];
  statements.forEach((_statement, index) => {
    if (used.has(index) || isLeafRead.has(index)) return;
    const needed = closure(statements, index);
    const touched = withReceivers(statements, needed, index);
    const chosen = touched.size <= MAX_PROGRAM ? touched : needed;
    if (chosen.size > MAX_PROGRAM) return;
    // Properties that the snippet only looks at are read together at the end.
    const reads = [...isLeafRead].filter((read) => chosen.has(receiverOf(statements, read)));
    const room = reads.slice(0, Math.min(MAX_READS, MAX_PROGRAM - chosen.size));
    slices.push(pick(statements, new Set([...chosen, ...room])));
  });
  return slices;
}

/** Property reads whose value nothing uses. */
function leafReads(statements: readonly Statement[]): ReadonlySet<number> {
  const used = new Set(statements.flatMap(dependenciesOf));
  return new Set(
    statements.flatMap(({ kind }, index) => (kind === "get" && !used.has(index) ? [index] : [])),
  );
}

function receiverOf(statements: readonly Statement[], index: number): number {
  const statement = statements[index];
  return statement?.kind === "get" ? statement.receiver : -1;
}

/** The statements in `[start, end)` with what they need, or null when that is too long. */
export function sliceRange(
  statements: readonly Statement[],
  start: number,
  end: number,
): readonly Statement[] | null {
  const chosen = new Set<number>();
  for (let index = start; index < end; index += 1) {
    for (const needed of closure(statements, index)) chosen.add(needed);
  }
  return chosen.size === 0 || chosen.size > MAX_PROGRAM ? null : pick(statements, chosen);
}

function closure(statements: readonly Statement[], index: number): ReadonlySet<number> {
  const chosen = new Set<number>();
  const queue = [index];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (chosen.has(next)) continue;
    chosen.add(next);
    const statement = statements[next];
    if (statement !== undefined) queue.push(...dependenciesOf(statement));
  }
  return chosen;
}

function withReceivers(
  statements: readonly Statement[],
  needed: ReadonlySet<number>,
  last: number,
): ReadonlySet<number> {
  const chosen = new Set(needed);
  for (let index = 0; index < last; index += 1) {
    const statement = statements[index];
    if (statement === undefined || !("receiver" in statement) || statement.kind === "get") continue;
    if (!needed.has(statement.receiver)) continue;
    for (const dependency of closure(statements, index)) chosen.add(dependency);
    if (chosen.size > MAX_PROGRAM) break;
  }
  return chosen;
}

function pick(statements: readonly Statement[], chosen: ReadonlySet<number>): readonly Statement[] {
  const order = [...chosen].sort((a, b) => a - b);
  const places = new Map(order.map((index, place) => [index, place]));
  const place = (index: number): number => places.get(index) ?? 0;
  return order.flatMap((index) => {
    const statement = statements[index];
    return statement === undefined ? [] : [renumber(statement, place)];
  });
}

function renumber(statement: Statement, place: (index: number) => number): Statement {
  const genes = (args: readonly ValueGene[]): readonly ValueGene[] =>
    args.map((gene) => mapRefs(gene, place));
  switch (statement.kind) {
    case "call":
    case "new":
      return { ...statement, args: genes(statement.args) };
    case "method":
      return { ...statement, receiver: place(statement.receiver), args: genes(statement.args) };
    case "set":
      return {
        ...statement,
        receiver: place(statement.receiver),
        value: mapRefs(statement.value, place),
      };
    case "call-value":
      return { ...statement, callee: place(statement.callee), args: genes(statement.args) };
    case "call-with-callback": {
      const { callee } = statement;
      return {
        ...statement,
        callee: "receiver" in callee ? { ...callee, receiver: place(callee.receiver) } : callee,
        args: genes(statement.args),
      };
    }
    case "get":
    case "iterate":
    case "wait-event":
      return { ...statement, receiver: place(statement.receiver) };
  }
}

/** Statements that one refers to, as receiver, callee or argument. */
export function dependenciesOf(statement: Statement): readonly number[] {
  const found: number[] = [];
  const visit = (gene: ValueGene): void => {
    mapRefs(gene, (index) => {
      found.push(index);
      return index;
    });
  };
  if ("receiver" in statement) found.push(statement.receiver);
  if (statement.kind === "call-value") found.push(statement.callee);
  if (statement.kind === "call-with-callback" && "receiver" in statement.callee) {
    found.push(statement.callee.receiver);
  }
  if ("args" in statement) statement.args.forEach(visit);
  if (statement.kind === "set") visit(statement.value);
  return found;
}

/** The same gene with each reference passed through `place`. */
export function mapRefs(gene: ValueGene, place: (index: number) => number): ValueGene {
  switch (gene.kind) {
    case "ref":
      return { kind: "ref", statement: place(gene.statement) };
    case "array":
    case "set":
    case "iterable":
      return { ...gene, items: gene.items.map((item) => mapRefs(item, place)) };
    case "object":
      return { ...gene, entries: gene.entries.map(([key, value]) => [key, mapRefs(value, place)]) };
    case "map":
      return {
        ...gene,
        entries: gene.entries.map(([key, value]) => [mapRefs(key, place), mapRefs(value, place)]),
      };
    case "promise":
      return { ...gene, value: mapRefs(gene.value, place) };
    default:
      return gene;
  }
}
