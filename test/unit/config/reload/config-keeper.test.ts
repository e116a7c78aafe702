import { describe, expect, onTestFinished, test } from "vitest";
import { readEnvironment } from "../../../../src/config/environment.ts";
import { configUnreadable } from "../../../../src/config/errors.ts";
import { loadConfig, type LoadedConfig } from "../../../../src/config/load-config.ts";
import {
  type ConfigKeeper,
  type KeeperEvent,
  openConfigKeeper,
} from "../../../../src/config/reload/config-keeper.ts";
import type { ConfigFiles } from "../../../../src/config/sources/config-files.ts";
import { parseYamlConfig } from "../../../../src/config/sources/yaml-source.ts";
import { createFakeClock, type FakeClock } from "../../../../src/testing/fake-clock.ts";

/** A user's file that a test changes, and the keeper that watches it. */
interface Scene {
  readonly keeper: ConfigKeeper;
  readonly clock: FakeClock;
  readonly events: KeeperEvent[];
  /** Text, null for no file, or an error for one that cannot be read. */
  put(content: string | null | Error, options?: { readonly isTold?: boolean }): void;
  /** Lets time pass, in steps that let the keeper work in between. */
  pass(durationMs: number): Promise<void>;
  readonly reads: () => number;
  isTrusted: boolean;
  dryRun: (next: LoadedConfig, present: LoadedConfig | null) => Promise<void>;
}

async function aScene(first: string | null): Promise<Scene> {
  const clock = createFakeClock();
  const events: KeeperEvent[] = [];
  let content: string | null | Error = first;
  let reads = 0;
  let notify: () => void = () => undefined;
  const read = (): Promise<ConfigFiles> => {
    reads += 1;
    if (content instanceof Error) return Promise.reject(content);
    const text = content;
    const file =
      text === null
        ? null
        : { path: "/u", shownAs: "u.yaml", text, outcome: parseYamlConfig(text, "u.yaml") };
    return Promise.resolve({ user: file, project: null, problems: [] });
  };
  const environment = readEnvironment({ HOME: "/nowhere" });
  const scene = {
    isTrusted: true,
    dryRun: () => Promise.resolve(),
  } as Pick<Scene, "isTrusted"> & { dryRun: Scene["dryRun"] };
  const keeper = await openConfigKeeper({
    clock,
    read,
    load: (files) => loadConfig({ root: "/nowhere", environment, flags: {}, files }),
    dryRun: (next, present) => scene.dryRun(next, present),
    watch(onEvent) {
      notify = onEvent;
      return { rearm: () => undefined, [Symbol.dispose]: () => void (notify = () => undefined) };
    },
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => keeper[Symbol.asyncDispose]());
  return Object.assign(scene, {
    keeper,
    clock,
    events,
    put(next: string | null | Error, { isTold = true } = {}) {
      content = next;
      if (isTold) notify();
    },
    async pass(durationMs: number) {
      for (let passed = 0; passed < durationMs; passed += 50) {
        clock.advance(50);
        for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    reads: () => reads,
  });
}

const seedOf = ({ keeper }: Scene): number => keeper.kept.loaded.config.seed;

describe("a configuration that is kept", () => {
  test("is swapped whole when it is quiet, with what changed and when it counts", async () => {
    const scene = await aScene("seed: 1\n");
    scene.put("seed: 2\nserver: { queue: 3 }\n");
    await scene.pass(200);
    expect(seedOf(scene)).toBe(1);
    await scene.pass(200);
    expect(scene.keeper.kept).toMatchObject({ version: 2, loaded: { server: { queue: 3 } } });
    expect(scene.events).toHaveLength(1);
    const [event] = scene.events;
    const changes = event?.kind === "applied" ? event.changes : [];
    expect(changes.map(({ path, reload }) => [path.join("."), reload])).toEqual([
      ["seed", "next-run"],
      ["server.queue", "live"],
    ]);
  });

  test("is read once for many writes, and never in the midst of them", async () => {
    const scene = await aScene("seed: 1\n");
    for (let seed = 2; seed < 12; seed += 1) {
      scene.put(`seed: ${String(seed)}\n`);
      await scene.pass(100);
    }
    expect(scene.events).toEqual([]);
    await scene.pass(400);
    expect([scene.events.length, seedOf(scene)]).toEqual([1, 11]);
  });

  test("is tried after a while where writing never ends", async () => {
    const scene = await aScene("seed: 1\n");
    for (let seed = 2; seed < 80; seed += 1) {
      scene.put(`seed: ${String(seed)}\n`);
      await scene.pass(100);
    }
    expect(scene.events.length).toBeGreaterThan(0);
    expect(scene.events.length).toBeLessThan(4);
  });

  test("stays where what stands there is wrong, says why once, and heals", async () => {
    const scene = await aScene("seed: 1\n");
    scene.put("sede: 2\n");
    await scene.pass(10_000);
    expect(scene.events.map(({ kind }) => kind)).toEqual(["refused"]);
    expect([seedOf(scene), scene.keeper.refusal?.message]).toEqual([
      1,
      expect.stringContaining('u.yaml:1:1: unknown key "sede"; did you mean "seed"?'),
    ]);
    scene.put("seed: [\n");
    await scene.pass(400);
    scene.put("seed: 5\n");
    await scene.pass(400);
    expect(scene.events.map(({ kind }) => kind)).toEqual(["refused", "refused", "applied"]);
    expect([seedOf(scene), scene.keeper.refusal, scene.keeper.kept.version]).toEqual([5, null, 2]);
  });

  test("is mended where the old content comes back", async () => {
    const scene = await aScene("seed: 1\n");
    scene.put("seed: nothing\n");
    await scene.pass(400);
    scene.put("seed: 1\n");
    await scene.pass(400);
    expect(scene.events.map(({ kind }) => kind)).toEqual(["refused", "mended"]);
    expect([scene.keeper.refusal, scene.keeper.kept.version]).toEqual([null, 1]);
  });

  test("stays where the file cannot be read, such as a folder or a link in its place", async () => {
    const scene = await aScene("seed: 4\n");
    scene.put(configUnreadable("/u", "it is a symbolic link"));
    await scene.pass(400);
    expect([seedOf(scene), scene.keeper.refusal?.message]).toEqual([
      4,
      expect.stringContaining("symbolic link"),
    ]);
  });

  test("is seen changed also where nobody tells, at the next look", async () => {
    const scene = await aScene("seed: 1\n");
    scene.put("seed: 7\n", { isTold: false });
    await scene.pass(1_500);
    expect(seedOf(scene)).toBe(1);
    await scene.pass(1_500);
    expect(seedOf(scene)).toBe(7);
  });

  test("waits longer for a file that is gone or empty, which an editor may bring back", async () => {
    for (const hole of [null, "", "  \n"]) {
      const scene = await aScene("seed: 6\n");
      scene.put(hole);
      await scene.pass(700);
      scene.put("seed: 6\n");
      await scene.pass(2_000);
      expect(scene.events).toEqual([]);
      scene.put(hole);
      await scene.pass(2_000);
      expect(scene.events).toMatchObject([{ kind: "applied", gone: ["u.yaml"] }]);
      expect(seedOf(scene)).toBe(1);
    }
  });

  test("may appear where there was none", async () => {
    const scene = await aScene(null);
    scene.put("seed: 3\n");
    await scene.pass(400);
    expect([seedOf(scene), scene.events.length]).toEqual([3, 1]);
  });

  test("is refused where the dry run fails, and tried again while it may be good by now", async () => {
    const scene = await aScene("seed: 1\n");
    const tried: (number | null)[] = [];
    scene.dryRun = (next, present) => {
      tried.push(present?.config.seed ?? null);
      if (next.config.seed === 2 && tried.length < 4)
        return Promise.reject(new Error("no such secret"));
      return Promise.resolve();
    };
    scene.put("seed: 2\n");
    await scene.pass(400);
    expect(scene.keeper.refusal?.message).toBe("no such secret");
    await scene.pass(10_000);
    expect([seedOf(scene), scene.events.map(({ kind }) => kind)]).toEqual([
      2,
      ["refused", "applied"],
    ]);
    expect(new Set(tried)).toEqual(new Set([1]));
  });

  test("begins with a good one or not at all", async () => {
    await expect(aScene("sede: 1\n")).rejects.toMatchObject({ code: "RGS-2001" });
  });

  test("is not watched any more once it is disposed, twice too", async () => {
    const scene = await aScene("seed: 1\n");
    await scene.keeper[Symbol.asyncDispose]();
    await scene.keeper[Symbol.asyncDispose]();
    const before = scene.reads();
    scene.put("seed: 2\n");
    await scene.pass(5_000);
    expect([scene.reads(), seedOf(scene), scene.events]).toEqual([before, 1, []]);
  });

  test("is read at once where somebody asks to look", async () => {
    const scene = await aScene("seed: 1\n");
    scene.put("seed: 8\n", { isTold: false });
    await scene.keeper.look();
    expect(seedOf(scene)).toBe(8);
  });
});
