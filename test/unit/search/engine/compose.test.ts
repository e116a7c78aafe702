import { describe, expect, test } from "vitest";

import type { CallableHint, TypeHint } from "../../../../src/contract/api-model.ts";
import type { Statement, TestProgram, ValueGene } from "../../../../src/contract/program.ts";
import { createRandom } from "../../../../src/kernel/random.ts";
import {
  composeCall,
  extendProgram,
  MAX_STATEMENTS,
  type ModuleKit,
} from "../../../../src/search/engine/compose.ts";
import type { Entry } from "../../../../src/search/engine/corpus.ts";
import { isWellFormed } from "../../../../src/search/engine/program-tools.ts";
import type { ResultShape, Target } from "../../../../src/search/engine/surface.ts";
import { aProgram, call } from "../builders.ts";
import { aHint, FILE } from "./fake-world.ts";

const MARK: ValueGene = { kind: "string", value: "mark" };
const NUMBER: TypeHint = { kind: "number" };
const SEEDS = Array.from({ length: 200 }, (_, index) => index);

const anInstance = (name: string): TypeHint => ({
  kind: "instance",
  className: name,
  path: [name],
});

function aTarget(name: string, hint: CallableHint | null, changed: Partial<Target> = {}): Target {
  return { module: FILE, path: [name], kind: "function", arity: 0, hint, ...changed };
}

/** A kit whose values name what they were made for. */
function aKit(targets: readonly Target[], methods: readonly CallableHint[] = []): ModuleKit {
  return {
    file: FILE,
    targets,
    values: {
      forParameter: (hint, { refs }) => {
        const at = refs.at(-1);
        if (at !== undefined && hint?.type.kind === "instance")
          return { kind: "ref", statement: at.statement };
        return { kind: "string", value: hint?.name ?? "untyped" };
      },
      forType: () => MARK,
      any: () => MARK,
      observe: () => undefined,
      mutate: (_random, gene) => gene,
      simplify: () => [],
    },
    methods: new Map(methods.map((hint) => [`${hint.path[0] ?? ""}.${hint.path[2] ?? ""}`, hint])),
    methodsByName: new Map(methods.map((hint) => [hint.path[2] ?? "", hint])),
    usesFixture: false,
  };
}

const compose = (kit: ModuleKit, target: Target): TestProgram[] =>
  SEEDS.map((seed) => composeCall(kit, createRandom(seed), target));

const lastOf = (program: TestProgram | null): Statement | undefined => program?.statements.at(-1);

const argsOf = (statement: Statement | undefined): readonly ValueGene[] =>
  statement !== undefined && "args" in statement ? statement.args : [];

function countOf(programs: readonly TestProgram[]): Set<number> {
  return new Set(programs.map((program) => argsOf(lastOf(program)).length));
}

describe("a call of an export", () => {
  test("passes what is declared, leaves optional ones out at times and repeats a rest", () => {
    const hint = aHint(
      ["f"],
      [
        ["first", NUMBER],
        ["second", NUMBER, "optional"],
        ["more", NUMBER, "rest"],
      ],
    );
    const target = aTarget("f", hint);
    const programs = compose(aKit([target]), target);
    expect(countOf(programs)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    const usual = programs.filter((program) => argsOf(lastOf(program)).length === 3);
    expect(usual.length).toBeGreaterThan(10);
    for (const program of usual.slice(0, 3)) {
      expect(argsOf(lastOf(program)).slice(0, 2)).toEqual([
        { kind: "string", value: "first" },
        { kind: "string", value: "second" },
      ]);
    }
  });

  test("follows the number of parameters where nothing is declared", () => {
    const target = aTarget("f", null, { arity: 2 });
    const counts = compose(aKit([target]), target).map((program) => argsOf(lastOf(program)).length);
    expect(new Set(counts)).toEqual(new Set([1, 2, 3, 4]));
    expect(counts.filter((count) => count === 2).length).toBeGreaterThan(SEEDS.length / 2);
  });

  test("takes literals of its body now and then", () => {
    const hint = { ...aHint(["f"], [["value", NUMBER]]), literals: [MARK] };
    const target = aTarget("f", hint);
    const marked = compose(aKit([target]), target).filter(
      (program) => argsOf(lastOf(program))[0] === MARK,
    );
    expect(marked.length).toBeGreaterThan(5);
    expect(marked.length).toBeLessThan(SEEDS.length / 2);
  });

  test("leaves a Node-style callback to the statement that waits for it", () => {
    const hint = aHint(
      ["read"],
      [
        ["path", NUMBER],
        ["callback", { kind: "any" }],
      ],
    );
    const target = aTarget("read", hint);
    const waiting = compose(aKit([target]), target).map(lastOf);
    const kinds = new Set(waiting.map((statement) => statement?.kind));
    expect(kinds).toEqual(new Set(["call", "call-with-callback"]));
    for (const statement of waiting) {
      if (statement?.kind === "call-with-callback")
        expect(statement.args.length).toBeLessThanOrEqual(1);
    }
  });

  test("does not wait for a callback of another name, nor for one that is a rest", () => {
    for (const params of [[["options", NUMBER]], [["callback", NUMBER, "rest"]]] as const) {
      const target = aTarget("f", aHint(["f"], params));
      const kinds = new Set(compose(aKit([target]), target).map((one) => lastOf(one)?.kind));
      expect(kinds).toEqual(new Set(["call"]));
    }
  });

  test("makes the instances that its parameters need first, however deep they are declared", () => {
    const maker = aTarget("Nest", aHint(["Nest"], [], "constructor"), { kind: "constructor" });
    for (const type of [
      anInstance("Nest"),
      { kind: "array", of: anInstance("Nest") },
      { kind: "iterable", of: anInstance("Nest"), isAsync: false },
      { kind: "union", of: [NUMBER, anInstance("Nest")] },
    ] as TypeHint[]) {
      const target = aTarget("f", aHint(["f"], [["nest", type]]));
      const programs = compose(aKit([maker, target]), target);
      const made = programs.filter(({ statements }) => statements.length === 2);
      expect(made.length).toBeGreaterThan(SEEDS.length / 2);
      for (const { statements } of made) {
        expect(statements[0]).toMatchObject({ kind: "new", callee: ["Nest"] });
      }
      expect(programs.every(isWellFormed)).toBe(true);
    }
  });

  test("does not nest instances of a class that needs itself without end", () => {
    const self = anInstance("Node");
    const hint = aHint(
      ["Node"],
      [
        ["left", self],
        ["right", self],
      ],
      "constructor",
    );
    const maker = aTarget("Node", hint, { kind: "constructor" });
    const programs = compose(aKit([maker]), maker);
    expect(Math.max(...programs.map(({ statements }) => statements.length))).toBeLessThanOrEqual(
      15,
    );
    expect(programs.every(isWellFormed)).toBe(true);
  });

  test("does without an instance that nothing public makes", () => {
    const target = aTarget("f", aHint(["f"], [["nest", anInstance("Hidden")]]));
    const unions = aTarget("f", aHint(["f"], [["nest", { kind: "union", of: [NUMBER] }]]));
    for (const one of [target, unions]) {
      const programs = compose(aKit([one]), one);
      expect(programs.every(({ statements }) => statements.length === 1)).toBe(true);
    }
  });
});

const PLAIN: ResultShape = {
  className: "Nest",
  methods: [],
  members: [],
  isCallable: false,
  isThenable: false,
  iterates: null,
  isEmitter: false,
};

function anEntry(shapes: readonly (ResultShape | null)[]): Entry {
  const program = aProgram(...shapes.map((_, index) => call(`f${String(index)}`)));
  return { program, counters: [], fresh: [], shapes, picks: 0 };
}

describe("a further step", () => {
  const steps = (shape: Partial<ResultShape>, kit = aKit([])): (Statement | undefined)[] =>
    SEEDS.map((seed) =>
      lastOf(extendProgram(kit, createRandom(seed), anEntry([{ ...PLAIN, ...shape }]))),
    ).filter((statement) => statement !== undefined);

  test("calls methods of a result with what their declaration wants", () => {
    const add = aHint(["Nest", "prototype", "add"], [["egg", NUMBER]], "method");
    const made = steps({ methods: ["add"] }, aKit([], [add]));
    expect(made.length).toBeGreaterThan(100);
    expect(made.every((step) => step?.kind === "method" && step.name === "add")).toBe(true);
    expect(made.some((step) => JSON.stringify(argsOf(step)).includes("egg"))).toBe(true);
  });

  test("knows a method by its bare name when the class of the result is another", () => {
    const add = aHint(["Other", "prototype", "add"], [["egg", NUMBER]], "method");
    const made = steps({ methods: ["add"] }, aKit([], [add]));
    expect(made.some((step) => JSON.stringify(argsOf(step)).includes("egg"))).toBe(true);
    const guessed = steps({ methods: ["drop"] }, aKit([], [add]));
    expect(new Set(guessed.map((step) => argsOf(step).length)).size).toBeGreaterThan(2);
  });

  test("waits for the callback of a method", () => {
    const load = aHint(["Nest", "prototype", "load"], [["done", { kind: "any" }]], "method");
    const made = steps({ methods: ["load"] }, aKit([], [load]));
    expect(made.filter((step) => step?.kind === "call-with-callback")[0]).toMatchObject({
      callee: { receiver: 0, name: "load" },
    });
  });

  test("does with a result what it offers", () => {
    const kinds = (shape: Partial<ResultShape>): string[] =>
      [...new Set(steps(shape).map((step) => step?.kind ?? ""))].sort();
    expect(kinds({ isCallable: true })).toEqual(["call-value"]);
    expect(kinds({ members: ["size"] })).toEqual(["get", "set"]);
    expect(kinds({ iterates: "sync" })).toEqual(["iterate"]);
    expect(kinds({ isEmitter: true })).toEqual(["wait-event"]);
    expect(steps({ iterates: "async" })[0]).toMatchObject({ awaits: true });
    expect(steps({ isThenable: true })[0]).toMatchObject({ kind: "method", name: "then" });
    expect(steps({})).toEqual([]);
  });

  test("calls an export where no result offers anything, or nothing when there is none", () => {
    const target = aTarget("f", null);
    const entry = anEntry([null]);
    const random = createRandom(1);
    expect(lastOf(extendProgram(aKit([target]), random, entry))).toMatchObject({
      kind: "call",
      callee: ["f"],
    });
    expect(extendProgram(aKit([]), random, entry)).toBeNull();
  });

  test("does not make a program longer than a test may be", () => {
    const full = anEntry(Array.from({ length: MAX_STATEMENTS }, () => null));
    const target = aTarget("f", null);
    expect(extendProgram(aKit([target]), createRandom(1), full)).toBeNull();
    const maker = aTarget("Nest", aHint(["Nest"], [], "constructor"), { kind: "constructor" });
    const needy = aTarget("g", aHint(["g"], [["nest", anInstance("Nest")]]));
    const almost = anEntry(Array.from({ length: MAX_STATEMENTS - 1 }, () => null));
    for (const seed of SEEDS) {
      const program = extendProgram(aKit([needy, maker]), createRandom(seed), almost);
      expect(program?.statements.length ?? 0).toBeLessThanOrEqual(MAX_STATEMENTS);
    }
  });
});
