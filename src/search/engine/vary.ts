import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import type { Comparison } from "../worker/runtime.ts";
import { MAX_STATEMENTS, type ModuleKit } from "./compose.ts";
import type { Entry } from "./corpus.ts";
import { argsOf, concatPrograms, dropStatement, withArgs } from "./program-tools.ts";

/** A neighbour of the program: one value, argument or statement differs. Null when it has none. */
export function varyProgram(
  kit: ModuleKit,
  random: Random,
  entry: Entry,
  others: readonly Entry[],
): TestProgram | null {
  const { program } = entry;
  const roll = random.next();
  if (roll < 0.08 && program.statements.length > 1) {
    return dropStatement(program, random.int(program.statements.length));
  }
  if (roll < 0.16) return repeatStatement(kit, random, program);
  if (roll < 0.24) return splice(random, program, others);
  if (roll < 0.3) return reshapeArguments(kit, random, program);
  if (roll < 0.34) return swapCallStyle(random, program);
  const first = varyValue(kit, random, program);
  return first !== null && random.chance(0.3) ? (varyValue(kit, random, first) ?? first) : first;
}

function pickWithArgs(random: Random, program: TestProgram): number | null {
  const candidates = [...program.statements.keys()].filter((index) => {
    const statement = program.statements[index];
    return statement !== undefined && argsOf(statement).length > 0;
  });
  return candidates.length === 0 ? null : random.pick(candidates);
}

/** The program with one argument value changed. */
export function varyValue(
  kit: ModuleKit,
  random: Random,
  program: TestProgram,
): TestProgram | null {
  const index = pickWithArgs(random, program);
  const statement = index === null ? undefined : program.statements[index];
  if (index === null || statement === undefined) return null;
  const args = [...argsOf(statement)];
  const at = random.int(args.length);
  const old = args[at];
  if (old === undefined) return null;
  const path =
    "callee" in statement && Array.isArray(statement.callee) ? statement.callee.join(".") : null;
  const hint =
    path === null ? null : kit.targets.find((target) => target.path.join(".") === path)?.hint;
  const param = hint?.signatures[0]?.params[at] ?? null;
  args[at] =
    random.chance(0.2) || (param !== null && random.chance(0.1))
      ? kit.values.forParameter(param, { callable: hint ?? null, refs: [], argumentIndex: at })
      : kit.values.mutate(random, old);
  return replaceStatement(program, index, withArgs(statement, args));
}

/** The program with one statement replaced. */
export function replaceStatement(
  program: TestProgram,
  index: number,
  statement: Statement,
): TestProgram {
  return { ...program, statements: program.statements.with(index, statement) };
}

function reshapeArguments(
  kit: ModuleKit,
  random: Random,
  program: TestProgram,
): TestProgram | null {
  const index = random.int(program.statements.length);
  const statement = program.statements[index];
  if (statement === undefined || !("args" in statement)) return null;
  const { args } = statement;
  const isShorter = args.length > 0 && random.chance(0.5);
  return replaceStatement(
    program,
    index,
    withArgs(statement, isShorter ? args.slice(0, -1) : [...args, kit.values.any()]),
  );
}

function repeatStatement(kit: ModuleKit, random: Random, program: TestProgram): TestProgram | null {
  if (program.statements.length >= MAX_STATEMENTS) return null;
  const statement = random.pick(program.statements);
  const args = argsOf(statement).map((gene) =>
    random.chance(0.5) ? kit.values.mutate(random, gene) : gene,
  );
  return { ...program, statements: [...program.statements, withArgs(statement, args)] };
}

function splice(
  random: Random,
  program: TestProgram,
  others: readonly Entry[],
): TestProgram | null {
  const partners = others.filter((other) => other.program.module === program.module);
  if (partners.length === 0) return null;
  const joined = concatPrograms(random.pick(partners).program, program);
  return joined.statements.length > MAX_STATEMENTS ? null : joined;
}

function swapCallStyle(random: Random, program: TestProgram): TestProgram | null {
  const index = random.int(program.statements.length);
  const statement = program.statements[index];
  if (statement?.kind === "call") {
    const { callee, args } = statement;
    const withoutFunction = args.at(-1)?.kind === "function" ? args.slice(0, -1) : args;
    return replaceStatement(program, index, {
      kind: "call-with-callback",
      callee,
      args: withoutFunction,
    });
  }
  if (statement?.kind === "method") {
    const { receiver, name, args } = statement;
    const withoutFunction = args.at(-1)?.kind === "function" ? args.slice(0, -1) : args;
    return replaceStatement(program, index, {
      kind: "call-with-callback",
      callee: { receiver, name },
      args: withoutFunction,
    });
  }
  if (statement?.kind === "call-with-callback") {
    const { callee, args } = statement;
    return replaceStatement(
      program,
      index,
      "receiver" in callee
        ? { kind: "method", ...callee, args, awaits: false }
        : { kind: "call", callee, args, awaits: false },
    );
  }
  return null;
}

/**
 * Programs in which a value that the target compared is replaced by what it was compared with
 * ("input-to-state correspondence": Aschermann et al., REDQUEEN, NDSS 2019, section III).
 */
export function substituteOperands(
  program: TestProgram,
  log: readonly Comparison[],
  limit: number,
): TestProgram[] {
  const found = new Map<string, TestProgram>();
  for (const { left, right } of log) {
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      if (found.size >= limit) return [...found.values()];
      for (const [index, statement] of program.statements.entries()) {
        for (const replacement of toReplacements(from, to)) {
          const args = argsOf(statement).map((gene) => replaceScalar(gene, from, replacement));
          if (args.every((gene, at) => gene === argsOf(statement)[at])) continue;
          const changed = replaceStatement(program, index, withArgs(statement, args));
          found.set(JSON.stringify(changed), changed);
        }
      }
    }
  }
  return [...found.values()];
}

function toReplacements(from: string | number, to: string | number): readonly (string | number)[] {
  if (typeof to === "number" && typeof from === "number") return [to, to + 1, to - 1];
  return [to];
}

function replaceScalar(gene: ValueGene, from: string | number, to: string | number): ValueGene {
  switch (gene.kind) {
    case "string":
      if (gene.value === from) return toGene(to);
      return typeof from === "string" &&
        typeof to === "string" &&
        from.length > 1 &&
        gene.value.includes(from)
        ? { kind: "string", value: gene.value.replace(from, () => to) }
        : gene;
    case "number":
      return gene.value === from ? toGene(to) : gene;
    case "array": {
      const items = gene.items.map((item) => replaceScalar(item, from, to));
      return items.every((item, index) => item === gene.items[index]) ? gene : { ...gene, items };
    }
    case "object": {
      const entries = gene.entries.map(([key, value]) => {
        const name = key === from && typeof to === "string" ? to : key;
        const inner = replaceScalar(value, from, to);
        return name === key && inner === value ? null : ([name, inner] as const);
      });
      if (entries.every((entry) => entry === null)) return gene;
      return { ...gene, entries: gene.entries.map((entry, index) => entries[index] ?? entry) };
    }
    default:
      return gene;
  }
}

function toGene(value: string | number): ValueGene {
  if (typeof value === "string") return { kind: "string", value };
  if (Number.isNaN(value)) return { kind: "number", value: "NaN" };
  if (!Number.isFinite(value))
    return { kind: "number", value: value > 0 ? "Infinity" : "-Infinity" };
  return { kind: "number", value: Object.is(value, -0) ? "-0" : value };
}
