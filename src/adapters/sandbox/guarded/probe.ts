import { existsSync } from "node:fs";
import { toMessage } from "../../../kernel/errors.ts";
import type { Sandbox, SandboxProbe, SandboxSpec } from "../../../ports/sandbox.ts";
import {
  BATTERY_MEMORY_BYTES,
  createDecoys,
  parseAnswers,
  toBatterySource,
  type BatteryAnswers,
} from "../battery.ts";
import { DROPPED_ID } from "../host-tools.ts";
import type { Ledger } from "../ledger.ts";
import { GUARDED, type GuardHost } from "./guard-engine.ts";

const MIB = 1024 * 1024;
const SPEC: SandboxSpec = {
  layers: [],
  dependencies: [],
  mounts: [],
  limits: {
    memoryBytes: BATTERY_MEMORY_BYTES,
    totalMemoryBytes: BATTERY_MEMORY_BYTES,
    processes: 64,
    fileBytes: MIB,
    workBytes: 8 * MIB,
    outputBytes: 64 * 1024,
  },
};

/**
 * Tries from inside what must not work. Available when files, writes and network are closed; memory and
 * what a neighbour can read through /proc are told as facts, since not every machine can close them.
 */
export async function probeGuarded(
  host: GuardHost,
  ledger: Ledger,
  create: (spec: SandboxSpec) => Promise<Sandbox>,
): Promise<SandboxProbe> {
  try {
    const answers = await tryNode(ledger, create);
    const open = [
      ...(answers.network ? [] : ["connections to this machine"]),
      ...(answers.hostFiles ? [] : ["reading files of this machine"]),
      ...(answers.outsideWrites ? [] : ["writing outside the work copy"]),
    ];
    const problem = open.length === 0 ? null : `it did not stop: ${open.join(", ")}`;
    return toProbe(problem, toFacts(answers, host));
  } catch (failure) {
    return toProbe(toMessage(failure), []);
  }
}

function toProbe(problem: string | null, facts: readonly string[]): SandboxProbe {
  return {
    backend: GUARDED,
    level: "guarded",
    isAvailable: problem === null,
    facts,
    problem,
    fix: problem === null ? null : "use Node 22.18 or newer, or install bubblewrap",
  };
}

function toFacts(answers: BatteryAnswers, host: GuardHost): string[] {
  const tell = (isStopped: boolean, stopped: string, open: string): string =>
    isStopped ? stopped : open;
  return [
    "strength: stops accidents, not attacks",
    `network: ${tell(answers.network, "sockets stubbed", "OPEN")}`,
    `host files: ${tell(answers.hostFiles, "denied by Node's permission model", "OPEN")}`,
    `writes outside the work copy: ${tell(answers.outsideWrites, "denied", "OPEN")}`,
    `memory of a process: ${tell(answers.memory, "capped", "not capped (no prlimit)")}`,
    "total memory: not capped, only that of the one process",
    "disk: work copy measured five times a second",
    "child processes, workers, addons: denied",
    host.tools.dropsUser ? `user: dropped from root to ${DROPPED_ID}` : "user: as Regoose",
    `after the parent's death: ${tell(host.tools.setpriv !== null, "killed", "ends within 0.5 s unless busy")}`,
  ];
}

async function tryNode(
  ledger: Ledger,
  create: (spec: SandboxSpec) => Promise<Sandbox>,
): Promise<BatteryAnswers> {
  const decoys = await createDecoys(await ledger.createFolder("probe"), "regoose-decoy");
  const sandbox = await create(SPEC);
  try {
    const result = await sandbox.run(
      {
        argv: ["node", "-e", toBatterySource(decoys, [])],
        env: {},
        timeoutMs: 10_000,
        collect: [],
        collectBytes: 0,
      },
      { signal: new AbortController().signal },
    );
    const answers = parseAnswers(result.stdout);
    return {
      ...answers,
      network: answers.network && !decoys.wasReached(),
      outsideWrites: answers.outsideWrites && !existsSync(decoys.targetFile),
    };
  } finally {
    await sandbox[Symbol.asyncDispose]();
    await decoys[Symbol.asyncDispose]();
  }
}
