import { describe, expect, test } from "vitest";

import type { Statement, TestProgram, ValueGene } from "../../../../src/contract/program.ts";
import { argsOf } from "../../../../src/search/engine/program-tools.ts";
import { shrinkAll } from "../../../../src/search/engine/shrink.ts";
import type { ShrinkJob, ShrinkTask } from "../../../../src/search/protocol.ts";
import type { Counters } from "../../../../src/search/worker/counters.ts";
import { aProgram, call, method, num } from "../builders.ts";
import { aJobBase, createWorld, drive, FILE, ofKind, openSession } from "./fake-world.ts";

const text = (value: string): ValueGene => ({ kind: "string", value });

/** Counters of the target: 1 for a big number, 2 for a long text. */
function createFakeCounters(): { counters: Counters; hit: Set<number> } {
  const hit = new Set<number>();
  const counters = {
    reset: () => {
      hit.clear();
    },
    hits: (wanted: readonly number[]) => wanted.every((counter) => hit.has(counter)),
  } as Partial<Counters> as Counters;
  return { counters, hit };
}

async function shrink(
  tasks: readonly ShrinkTask[],
  changed: Partial<ShrinkJob> & { readonly executions?: number } = {},
): Promise<{ programs: (readonly [number, TestProgram])[]; executions: number }> {
  const { executions = 5_000, ...rest } = changed;
  const job: ShrinkJob = {
    ...aJobBase(executions),
    kind: "shrink",
    build: "counters",
    tasks,
    perTask: 1_000,
    offset: 0,
    ...rest,
  };
  const world = createWorld();
  const { counters, hit } = createFakeCounters();
  class Nest {
    eggs = 0;
    lay(amount: unknown): this {
      this.eggs += world.isOn("lays") ? 0 : Number(amount) || 0;
      return this;
    }
  }
  const target = {
    Nest,
    look: (amount: unknown, note: unknown) => {
      if (typeof amount === "number" && amount > 5) hit.add(1);
      if (typeof note === "string" && note.length > 2) hit.add(2);
      return world.isOn("looks") ? null : typeof amount;
    },
    other: () => 1,
    fail: () => {
      world.burn(1_000);
    },
  };
  const { session, messages } = openSession(job, { [FILE]: target }, world, {
    counters,
    ...(job.build === "counters" ? { mutants: null } : {}),
  });
  await drive(shrinkAll(session, job));
  const programs = ofKind(messages, "shrunk").map(
    ({ index, program }) => [index, program] as const,
  );
  return { programs, executions: session.executions() };
}

const aTask = (
  program: TestProgram,
  wanted: Partial<Pick<ShrinkTask, "counters" | "kills">>,
): ShrinkTask => ({ program, counters: [], kills: [], ...wanted });

function toValues(statement: Statement | undefined): unknown[] {
  if (statement === undefined) return [];
  return argsOf(statement).map((gene) => ("value" in gene ? gene.value : gene.kind));
}

describe("shrinking for counters", () => {
  test("leaves out statements, arguments and size that the counters do not need", async () => {
    const long = aProgram(
      call("other"),
      call("look", num(987), text("a long note"), num(3)),
      call("other"),
    );
    const big = await shrink([aTask(long, { counters: [1] })]);
    const [statement, ...more] = big.programs[0]?.[1].statements ?? [];
    expect(more).toEqual([]);
    expect(statement).toMatchObject({ kind: "call", callee: ["look"] });
    const [amount, ...others] = toValues(statement);
    expect(others).toEqual([]);
    expect(amount).toBeGreaterThan(5);
    expect(amount).toBeLessThan(987);
  });

  test("keeps an argument that stands before one that is needed", async () => {
    const program = aProgram(call("look", num(987), text("a long note")));
    const { programs } = await shrink([aTask(program, { counters: [2] })]);
    const [statement] = programs[0]?.[1].statements ?? [];
    const [amount, note] = toValues(statement);
    expect(amount).toBe(0);
    expect(note).toHaveLength(3);
  });

  test("leaves alone what does not show its counters, makes no test, or is of no loaded module", async () => {
    const tasks = [
      aTask(aProgram(call("other")), { counters: [1] }),
      aTask(aProgram(call("look", num(9)), call("fail")), { counters: [1] }),
      aTask({ ...aProgram(call("look", num(9))), module: "gone.js" }, { counters: [1] }),
      aTask(aProgram(call("look", num(6))), { counters: [1] }),
    ];
    const { programs } = await shrink(tasks, { offset: 10 });
    expect(programs).toEqual([[13, aProgram(call("look", num(6)))]]);
  });

  test("stops at the bound of a task with what it has, and at the limit of the job", async () => {
    const program = aProgram(call("other"), call("look", num(987)), call("other"));
    const task = aTask(program, { counters: [1] });
    const bounded = await shrink([task, task], { perTask: 1 });
    expect(bounded.programs).toEqual([
      [0, program],
      [1, program],
    ]);
    expect((await shrink([task, task], { executions: 1 })).programs).toEqual([[0, program]]);
  });
});

describe("shrinking for mutants", () => {
  test("keeps what a kill needs and drops what follows from nothing", async () => {
    const program = aProgram(
      call("other"),
      { kind: "new", callee: ["Nest"], args: [num(4)] },
      method(1, "lay", num(3)),
      { kind: "set", receiver: 1, name: "note", value: text("kept") },
      { kind: "get", receiver: 1, name: "note" },
    );
    const { programs } = await shrink([aTask(program, { kills: ["lays"] })], { build: "mutants" });
    expect(programs).toEqual([
      [0, aProgram({ kind: "new", callee: ["Nest"], args: [] }, method(0, "lay", num(1)))],
    ]);
  });

  test("wants every one of several kills, and the counters too where they are given", async () => {
    const program = aProgram(
      { kind: "new", callee: ["Nest"], args: [] },
      method(0, "lay", num(3)),
      call("look", num(77)),
    );
    const both = await shrink([aTask(program, { kills: ["lays", "looks"] })], { build: "mutants" });
    expect(both.programs[0]?.[1].statements.map(({ kind }) => kind)).toEqual([
      "new",
      "method",
      "call",
    ]);
    const counted = await shrink([aTask(program, { kills: ["looks"], counters: [1] })], {
      build: "mutants",
    });
    expect(counted.programs[0]?.[1].statements).toMatchObject([{ callee: ["look"] }]);
    const unmet = await shrink([aTask(program, { kills: ["unknown"] })], { build: "mutants" });
    expect(unmet.programs).toEqual([]);
  });
});
