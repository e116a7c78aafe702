import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRandom } from "../../../src/kernel/random.ts";
import { BIN, hasNamespace, runCli, toEnvelope, waitFor } from "../support/cli.ts";
import { anIllCollector, type CollectorFault } from "../support/collector.ts";
import { listFolders, listProcesses, reach } from "../support/watch-run.ts";

const EXAMPLE = join(import.meta.dirname, "../../../examples/interval-set");
const SUPPORT = join(import.meta.dirname, "..", "support");

/** Where a fault is put in. */
interface Scene {
  readonly folder: string;
  readonly root: string;
  readonly env: Record<string, string>;
  readonly preloads: string[];
  /** Lines of exports beside the example's own. */
  readonly exports: string[];
  shell: string;
  /** What happens while the command runs. */
  readonly meanwhile: ((child: ChildProcess) => Promise<void>)[];
  /** Looks afterwards whether the fault was there at all, in what the run said. */
  readonly proofs: ((said: string) => void)[];
}

/** Name → how it is put in. Those of one name before the colon take the same place and do not meet. */
const FAULTS: Readonly<Record<string, (scene: Scene) => void | Promise<void>>> = {
  // Whether a search that others disturb comes to call it is open; hostile-package.test.ts has it alone. So has it F45 and F46.
  "F34 memory": ({ exports }) => {
    exports.push("const eaten = [];");
    exports.push("export const eat = () => { for (;;) eaten.push(new Array(1e6).fill(1.5)); };");
  },
  "F35 endless loop": ({ exports, proofs }) => {
    exports.push("export const spin = () => { for (;;); };");
    // It is a finding, or a call that makes no test; either way it was made.
    proofs.push((said) => {
      expect(said).toContain("spin");
    });
  },
  "F45 rejection": ({ exports }) => {
    exports.push("export const reject = (n) => { Promise.reject(new Error(`nobody ${n}`)); };");
  },
  "F46 leak": ({ exports }) => {
    exports.push("const kept = [];");
    // A few calls reach the cap.
    exports.push("export const leak = (n) => { kept.push(new Array(2e7).fill(n)); return 1; };");
  },
  "F41 kill -9 of a search process": ({ root, meanwhile }) => {
    meanwhile.push(async (child) => {
      await reach(root, "start propose");
      await expect
        .poll(() => killWorker(child.pid ?? 0), { timeout: 60_000, interval: 50 })
        .toBe(true);
    });
  },
  "F44 event loop": ({ folder, env, preloads, proofs }) => {
    const blocked = join(folder, "blocked");
    env["BLOCKED_FILE"] = blocked;
    preloads.push("block-at-propose.ts");
    proofs.push(() => {
      expect(existsSync(blocked)).toBe(true);
    });
  },
  "F65 flags": async ({ folder, env, preloads }) => {
    env["FLAGS_FAULT"] = "failing";
    preloads.push("without-flags.ts");
    await writeFile(
      join(folder, ".config", "regoose", "config.yaml"),
      "flags: { fewestTests: true }\n",
    );
  },
  "collector: F66 silent": (scene) => useCollector(scene, "silent"),
  "collector: F66 trickling": (scene) => useCollector(scene, "trickling"),
  "collector: F69 without a name": ({ folder, env, preloads }) => {
    const pipe = join(folder, "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    Object.assign(env, {
      ...{ DNS_FAULT: "silent", DNS_PIPE: pipe, DNS_ASKED: join(folder, "asked") },
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example:4318",
    });
    preloads.push("without-dns.ts");
  },
  "F68 descriptors": (scene) => {
    scene.shell = "ulimit -n 512 && ";
    scene.meanwhile.push(async (child) => {
      await reach(scene.root, "start prepare");
      const limits = await readFile(`/proc/${String(child.pid)}/limits`, "utf8");
      expect(limits).toMatch(/^Max open files +512 +512 /mu);
    });
  },
};

async function useCollector({ env, proofs }: Scene, fault: CollectorFault): Promise<void> {
  const collector = await anIllCollector(fault);
  onTestFinished(() => collector[Symbol.asyncDispose]());
  env["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url;
  proofs.push(() => {
    expect(collector.requests()).toBeGreaterThan(0);
  });
}

/** Three faults that can be there at once, as the seed draws them. */
function draw(seed: number): readonly string[] {
  const drawn = new Map<string, string>();
  for (const name of createRandom(seed).shuffle(Object.keys(FAULTS)))
    drawn.set(name.split(":")[0] ?? name, name);
  return [...drawn.values()].slice(0, 3);
}

/** Kills one process of the search below `pid`. @returns whether there was one */
function killWorker(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => {
    const { own, parent, args } =
      /^\s*(?<own>\d+)\s+(?<parent>\d+)\s+(?<args>.*)$/u.exec(line)?.groups ?? {};
    return { own: Number(own), parent: Number(parent), args: args ?? "" };
  });
  const isBelow = (own: number): boolean => {
    const parent = rows.find((row) => row.own === own)?.parent ?? 0;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  const isWorker = /node\S* .*search\/worker\/entry/u;
  const worker = rows.findLast(({ own, args }) => isWorker.test(args) && isBelow(own));
  if (worker === undefined) return false;
  process.kill(worker.own, "SIGKILL");
  return true;
}

async function aScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-swarm-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, "interval-set");
  await cp(EXAMPLE, root, { recursive: true });
  await mkdir(join(folder, ".config", "regoose"), { recursive: true });
  const env = { HOME: folder, XDG_CONFIG_HOME: "", XDG_STATE_HOME: "", NO_COLOR: "1" };
  return {
    ...{ folder, root, env, shell: "" },
    ...{ preloads: [], exports: [], meanwhile: [], proofs: [] },
  };
}

const SEEDS = [1, 2, 3, 4, 5];

describe.skipIf(!hasNamespace())("F70: several faults at once", () => {
  test.each(SEEDS.map((seed) => [seed, draw(seed).join(", ")] as const))(
    "seed %i: %s: there is a whole suite, and nothing is left running",
    async (seed) => {
      const scene = await aScene();
      for (const name of draw(seed)) await FAULTS[name]?.(scene);
      const { root, env, preloads, exports, shell, meanwhile, proofs } = scene;
      const source = join(root, "src", "parse.js");
      await writeFile(source, [await readFile(source, "utf8"), ...exports, ""].join("\n"));
      const imports = preloads.map((name) => `--import ${join(SUPPORT, name)}`).join(" ");
      const child = spawn(
        "/bin/sh",
        [
          ...["-c", `${shell}exec "$0" "$@"`, process.execPath, BIN, "generate", "src/parse.js"],
          ...["--json", "--seed", String(seed), "--max-executions", "300", "--reruns", "1"],
          ...["--baseline", "none"],
        ],
        { cwd: root, env: { ...process.env, ...env, NODE_OPTIONS: imports } },
      );
      const [result] = await Promise.all([waitFor(child), ...meanwhile.map((work) => work(child))]);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const { data } = toEnvelope(result);
      const said = JSON.stringify([data?.notes, data?.findings, data?.degradations]);
      for (const prove of proofs) prove(said);
      expect(data?.suite?.tests).toBeGreaterThan(0);
      for (const file of data?.suite?.files ?? []) expect(existsSync(join(root, file))).toBe(true);
      await expect.poll(() => listProcesses(root, child.pid ?? 0), { timeout: 10_000 }).toEqual([]);
      expect(listFolders(child.pid ?? 0)).toEqual([]);
      // The suite that was written under them holds without them.
      const verified = await runCli(["verify", "--json"], { cwd: root });
      expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    },
    300_000,
  );

  test("among the seeds, each fault is drawn", () => {
    const drawn = new Set(SEEDS.flatMap(draw));
    expect([...drawn].sort()).toEqual(Object.keys(FAULTS).sort());
  });
});
