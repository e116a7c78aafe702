import { describe, expect, test } from "vitest";

import type { TestProgram } from "../../../../src/contract/program.ts";
import { killsAll, searchMutants } from "../../../../src/search/engine/search-mutants.ts";
import type { MutationJob } from "../../../../src/search/protocol.ts";
import { aProgram, call, method, num } from "../builders.ts";
import {
  aHint,
  aJobBase,
  aModel,
  createWorld,
  drive,
  FILE,
  ofKind,
  openSession,
} from "./fake-world.ts";

const NUMBER = { kind: "number" } as const;

/** Mutants of a target with a boundary, a class, a loop, broken state and chance. */
function createTarget(world: ReturnType<typeof createWorld>): Record<string, unknown> {
  let isBroken = false;
  let calls = 0;
  class Total {
    sum = 0;
    add(amount: number): this {
      if (world.isOn("forgets")) return this;
      this.sum += world.isOn("doubles") ? 2 * amount : amount;
      return this;
    }
  }
  return {
    Total,
    grade: (points: number) => ((world.isOn("boundary") ? points >= 10 : points > 10) ? "A" : "B"),
    name: () => (world.isOn("renames") ? "swan" : "goose"),
    count: (times: number) => {
      for (let at = 0; world.isOn("endless") || at < Math.min(times, 5); at += 1) world.burn(1);
      return times;
    },
    remember: () => {
      if (world.isOn("breaks")) isBroken = true;
      return isBroken;
    },
    tick: () => {
      calls += 1;
      return world.isOn("ticks") ? -calls : calls;
    },
    noisy: () => {
      calls += 1;
      world.isOn("noise");
      return calls % 3 === 0;
    },
    fail: () => {
      world.burn(1_000);
    },
  };
}

const IDS = ["boundary", "renames", "endless", "breaks", "ticks", "noise", "doubles", "forgets"];

function aJob(
  programs: readonly TestProgram[],
  changed: Partial<MutationJob> & { readonly executions?: number } = {},
): MutationJob {
  const { executions = 2_000, ...rest } = changed;
  const callables = [
    aHint(["grade"], [["points", NUMBER]]),
    aHint(["Total", "prototype", "add"], [["amount", NUMBER]], "method"),
  ];
  return {
    ...aJobBase(executions, { modules: [aModel({ callables })] }),
    kind: "mutation",
    programs: programs.map((program) => ({ program, isEvaluated: false })),
    mutants: IDS.map((switchId) => ({ switchId, file: FILE })),
    killed: [],
    deferred: [],
    explores: false,
    patience: 400,
    ...rest,
  };
}

function open(job: MutationJob): ReturnType<typeof openSession> & {
  world: ReturnType<typeof createWorld>;
} {
  const world = createWorld(["at-load"]);
  return { world, ...openSession(job, { [FILE]: createTarget(world) }, world) };
}

async function search(
  job: MutationJob,
): Promise<ReturnType<typeof open> & { end: { isSaturated: boolean; needsRestart: boolean } }> {
  const opened = open(job);
  return { ...opened, end: await drive(searchMutants(opened.session, job)) };
}

describe("known programs", () => {
  test("kill the mutants that change what they show, and name all that they reach", async () => {
    const { messages, end } = await search(aJob([aProgram(call("name")), aProgram(call("grade"))]));
    expect(ofKind(messages, "kills")).toEqual([
      { kind: "kills", program: aProgram(call("name")), index: 0, switchIds: ["renames"] },
    ]);
    expect(ofKind(messages, "reached")).toEqual([
      { kind: "reached", atLoad: ["at-load"], covered: ["renames", "boundary"] },
    ]);
    expect(end).toEqual({ isSaturated: false, needsRestart: false });
  });

  test("kill a mutant that never ends", async () => {
    const { messages } = await search(aJob([aProgram(call("count", num(3)))]));
    expect(ofKind(messages, "kills").map(({ switchIds }) => switchIds)).toEqual([["endless"]]);
  });

  test("are not run against mutants that were killed before or were tried by an earlier job", async () => {
    const names = aProgram(call("name"));
    const known = await search(aJob([names], { killed: ["renames"] }));
    expect(ofKind(known.messages, "kills")).toEqual([]);
    expect(known.session.executions()).toBe(1);
    const programs = [{ program: names, isEvaluated: true }];
    const tried = await search(aJob([], { programs }));
    expect(ofKind(tried.messages, "kills")).toEqual([]);
    expect(ofKind(tried.messages, "reached")[0]?.covered).toEqual(["renames"]);
  });

  test("make no kill when they make no test, or when the limit is reached", async () => {
    const { messages } = await search(aJob([aProgram(call("fail"))]));
    expect(ofKind(messages, "kills")).toEqual([]);
    expect(ofKind(messages, "reached")[0]?.covered).toEqual([]);
    const short = await search(aJob([aProgram(call("name"))], { executions: 1 }));
    expect(ofKind(short.messages, "kills")).toEqual([]);
  });

  test("get no kill from what the mutant left broken, nor from what differs by itself", async () => {
    const programs = [call("remember"), call("tick"), call("noisy")].map((step) => aProgram(step));
    const { messages } = await search(aJob(programs));
    expect(ofKind(messages, "kills")).toEqual([]);
    expect(ofKind(messages, "reached")[0]?.covered).toEqual(["breaks", "ticks", "noise"]);
  });

  test("are told of while they are still being tried, and the search is the same for it", async () => {
    const total = aProgram({ kind: "new", callee: ["Total"], args: [] }, method(0, "add", num(3)));
    const job = aJob([aProgram(call("name")), total]);
    const quiet = await search(job);
    const opened = open(job);
    let beat = (): void => undefined;
    const session: typeof opened.session = {
      ...opened.session,
      onBeat: (report) => void (beat = report),
      *execute(program, fuelFactor) {
        const execution = yield* opened.session.execute(program, fuelFactor);
        beat();
        return execution;
      },
    };
    await drive(searchMutants(session, job));
    expect(ofKind(opened.messages, "kills")).toEqual(ofKind(quiet.messages, "kills"));
    const early = ofKind(opened.messages, "kills-so-far").map(({ switchIds }) => switchIds);
    expect(early).toEqual([["forgets"]]);
    const evaluated = ofKind(opened.messages, "beat").map((message) => message.evaluated);
    expect([...new Set(evaluated)]).toEqual([0, 1]);
  });

  test("need a schemata build", () => {
    const job = aJob([]);
    const { session } = openSession(job, {}, createWorld(), { mutants: null });
    expect(() => searchMutants(session, job).next()).toThrow("schemata build");
  });
});

describe("exploring", () => {
  const start = aProgram(call("grade", num(3)));

  test("finds the value at which a boundary shows", async () => {
    const mutants = [{ switchId: "boundary", file: FILE }];
    const { messages, end } = await search(aJob([start], { explores: true, mutants }));
    expect(end).toEqual({ isSaturated: true, needsRestart: false });
    expect(ofKind(messages, "kills")).toEqual([
      {
        kind: "kills",
        program: aProgram(call("grade", num(10))),
        index: null,
        switchIds: ["boundary"],
      },
    ]);
  });

  test("ends when every mutant that was reached is dead, and each kill holds in a fresh process", async () => {
    const mutants = ["boundary", "renames"].map((switchId) => ({ switchId, file: FILE }));
    const { messages, end } = await search(aJob([start], { explores: true, mutants }));
    expect(end).toEqual({ isSaturated: true, needsRestart: false });
    const kills = ofKind(messages, "kills");
    expect(kills.flatMap(({ switchIds }) => switchIds)).toContain("boundary");
    for (const { program, switchIds } of kills) {
      const { session, world } = open(aJob([]));
      expect(await drive(killsAll({ session, mutants: world.mutants }, program, switchIds))).toBe(
        true,
      );
    }
  });

  test("finds a call on a result, and leaves out what no kill needs", async () => {
    const total = aProgram(
      call("name"),
      { kind: "new", callee: ["Total"], args: [] },
      method(1, "add", num(0)),
      { kind: "get", receiver: 1, name: "sum" },
    );
    const { messages } = await search(aJob([total], { explores: true, killed: ["renames"] }));
    const kills = ofKind(messages, "kills");
    expect(kills.flatMap(({ switchIds }) => switchIds).sort()).toEqual(["doubles", "forgets"]);
    for (const { program } of kills) {
      expect(program.statements.map(({ kind }) => kind)).toContain("method");
      expect(JSON.stringify(program)).not.toContain('"name"]');
    }
  });

  test("says the same for the same seed", async () => {
    const job = aJob([start, aProgram(call("tick"))], { explores: true, executions: 300 });
    const first = ofKind((await search(job)).messages, "kills");
    expect(first.length).toBeGreaterThan(0);
    expect(ofKind((await search(job)).messages, "kills")).toEqual(first);
  });

  test("gives up after so many tries without a kill", async () => {
    const { session, end } = await search(
      aJob([aProgram(call("noisy"))], { explores: true, patience: 20, executions: 10_000 }),
    );
    expect(end.isSaturated).toBe(true);
    expect(session.executions()).toBeLessThan(200);
  });

  test("asks for a fresh process once too many mutants broke the state of this one", async () => {
    let broken = 0;
    const world = createWorld();
    const wear = (amount: number): readonly number[] => {
      if (world.isOn("breaks")) broken += 1;
      return [amount, broken];
    };
    const callables = [aHint(["wear"], [["amount", NUMBER]])];
    const job: MutationJob = {
      ...aJob([aProgram(call("wear", num(1)))], { explores: true, patience: 100_000 }),
      modules: [aModel({ callables })],
    };
    const { session, messages } = openSession(job, { [FILE]: { wear } }, world);
    expect(await drive(searchMutants(session, job))).toEqual({
      isSaturated: false,
      needsRestart: true,
    });
    expect(ofKind(messages, "kills")).toEqual([]);
  });

  test("leaves programs of modules alone that are not loaded for it", async () => {
    const job = aJob([start], { explores: true, executions: 40, patience: 1_000 });
    const { session, messages } = open(job);
    const foreign = { ...session, kits: [] };
    await drive(searchMutants(foreign, job));
    expect(ofKind(messages, "kills")).toEqual([]);
    expect(foreign.executions()).toBe(40);
  });
});

describe("whether a program kills every one of some mutants", () => {
  const ask = async (program: TestProgram, kills: readonly string[]): Promise<boolean> => {
    const { session, world } = open(aJob([]));
    return drive(killsAll({ session, mutants: world.mutants }, program, kills));
  };

  test("holds when each one shows or never ends", async () => {
    const program = aProgram(call("name"), call("count", num(1)));
    expect(await ask(program, ["renames", "endless"])).toBe(true);
    expect(await ask(program, ["renames", "boundary"])).toBe(false);
  });

  test("is denied where the program makes no test or differs by itself", async () => {
    expect(await ask(aProgram(call("fail")), [])).toBe(false);
    expect(await ask(aProgram(call("tick")), ["ticks"])).toBe(false);
  });
});
