import { existsSync } from "node:fs";
import { toMessage } from "../../../kernel/errors.ts";
import type {
  SandboxCommand,
  SandboxLimits,
  SandboxProbe,
  SandboxResult,
} from "../../../ports/sandbox.ts";
import {
  BATTERY_MEMORY_BYTES,
  createDecoys,
  findProcesses,
  parseAnswers,
  toBatterySource,
  type BatteryAnswers,
} from "../battery.ts";
import { SandboxSetupFailed } from "../errors.ts";
import { DROPPED_ID } from "../host-tools.ts";
import { CommandSandbox } from "../command-sandbox.ts";
import { BUBBLEWRAP, createBoxEngine } from "./box-engine.ts";
import type { BoxHost } from "./box-session.ts";
import { toFix } from "./fixes.ts";

const MIB = 1024 * 1024;
const PROBE_LIMITS: SandboxLimits = {
  memoryBytes: BATTERY_MEMORY_BYTES,
  totalMemoryBytes: 64 * MIB,
  processes: 24,
  fileBytes: MIB,
  workBytes: 8 * MIB,
  outputBytes: 64 * 1024,
};
const NEVER = new AbortController().signal;

/**
 * Builds boxes and tries what must not work in them. Available only if each attempt was stopped; what
 * differs between machines (total memory, system calls) is told as a fact. Takes 150 to 400 ms.
 */
export async function probeBubblewrap(host: BoxHost): Promise<SandboxProbe> {
  try {
    const tries = [
      tryNode(host),
      tryProcesses(host),
      tryTimer(host),
      tryTotalMemory(host),
    ] as const;
    // Whatever one of them says: with the answer, no box is still about to start.
    await Promise.allSettled(tries);
    const [answers, processes, timer, memory] = await Promise.all(tries);
    const checks = { ...answers, ...processes, ...timer };
    const failed = Object.entries(checks).filter(([, isStopped]) => !isStopped);
    const problem =
      failed.length === 0
        ? null
        : `it did not stop: ${failed.map(([name]) => NAMES[name as CheckName]).join(", ")}`;
    return {
      backend: BUBBLEWRAP,
      level: "namespace",
      isAvailable: problem === null,
      facts: [...toFacts(checks), `total memory: ${memory}`, ...toHostFacts(host)],
      problem,
      fix: problem === null ? null : toFix(problem),
    };
  } catch (failure) {
    return toUnavailable(failure);
  }
}

/** The answer of a probe that could not build a box, with the tool's own words. */
export function toUnavailable(failure: unknown): SandboxProbe {
  const problem = toMessage(failure);
  const hint = failure instanceof SandboxSetupFailed ? failure.hint : undefined;
  return {
    backend: BUBBLEWRAP,
    level: "namespace",
    isAvailable: false,
    facts: [],
    problem,
    fix: toFix(problem) ?? hint ?? null,
  };
}

type Checks = BatteryAnswers & {
  readonly processes: boolean;
  readonly userNamespaces: boolean;
  readonly timer: boolean;
  readonly leftovers: boolean;
};
type CheckName = keyof Checks;

const NAMES: Readonly<Record<CheckName, string>> = {
  network: "connections to this machine",
  hostFiles: "reading files of this machine",
  environment: "reading Regoose's environment",
  outsideWrites: "writing outside the work copy",
  memory: "taking memory past the limit of a process",
  processes: "starting processes past the limit",
  userNamespaces: "making a user namespace",
  timer: "running past the wall timer",
  leftovers: "processes that outlive the box",
};

function toFacts(checks: Checks): string[] {
  const tell = (isStopped: boolean, stopped: string): string => (isStopped ? stopped : "OPEN");
  return [
    `network: ${tell(checks.network, "blocked")}`,
    `host files: ${tell(checks.hostFiles, "hidden")}`,
    `environment: ${tell(checks.environment, "scrubbed")}`,
    `writes outside the work copy: ${tell(checks.outsideWrites, "denied")}`,
    `memory of a process: ${tell(checks.memory, "capped")}`,
    `processes: ${tell(checks.processes, "capped")}`,
    `user namespaces: ${tell(checks.userNamespaces, "denied")}`,
    `wall timer: ${tell(checks.timer, "kills")}`,
    `after the end: ${tell(checks.leftovers, "nothing left")}`,
  ];
}

function toHostFacts(host: BoxHost): string[] {
  return [
    "disk: work copy on a tmpfs of fixed size",
    `system calls: ${host.seccompFile === null ? `not filtered on ${process.arch}` : "filtered"}`,
    host.setpriv === null ? "user: as Regoose" : `user: dropped from root to ${DROPPED_ID}`,
  ];
}

async function run(
  host: BoxHost,
  command: Pick<SandboxCommand, "argv"> & Partial<SandboxCommand>,
): Promise<SandboxResult> {
  const spec = { layers: [], dependencies: [], mounts: [], limits: PROBE_LIMITS };
  const sandbox = new CommandSandbox(createBoxEngine(host, spec));
  try {
    return await sandbox.run(
      { env: {}, timeoutMs: 10_000, collect: [], collectBytes: 0, ...command },
      { signal: NEVER },
    );
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
}

async function tryNode(host: BoxHost): Promise<BatteryAnswers> {
  const folder = await host.ledger.createFolder("probe");
  const decoys = await createDecoys(folder, "regoose-decoy");
  try {
    const source = toBatterySource(decoys, [
      "PATH",
      "PWD",
      "OLDPWD",
      "HOME",
      "TMPDIR",
      "LANG",
      "TZ",
    ]);
    const result = await run(host, { argv: ["node", "-e", source] });
    const answers = parseAnswers(result.stdout);
    return {
      ...answers,
      network: answers.network && !decoys.wasReached(),
      outsideWrites: answers.outsideWrites && !existsSync(decoys.targetFile),
    };
  } finally {
    await decoys[Symbol.asyncDispose]();
  }
}

async function tryProcesses(host: BoxHost): Promise<Pick<Checks, "processes" | "userNamespaces">> {
  const script = [
    "unshare --user true 2>/dev/null && echo namespace-made",
    "i=0; while [ $i -lt 64 ]; do sleep 5 & i=$((i+1)); done 2>/dev/null",
    "echo all-started",
  ].join("\n");
  const result = await run(host, { argv: ["/bin/sh", "-c", script] });
  return {
    processes: !result.stdout.includes("all-started"),
    userNamespaces: !result.stdout.includes("namespace-made"),
  };
}

async function tryTimer(host: BoxHost): Promise<Pick<Checks, "timer" | "leftovers">> {
  // The number of seconds is the mark by which a survivor would be found.
  const mark = `3${process.pid}.25`;
  const script = `setsid sleep ${mark} & sleep ${mark}`;
  const result = await run(host, { argv: ["/bin/sh", "-c", script], timeoutMs: 40 });
  for (let attempt = 0; attempt < 50 && findProcesses(`sleep\0${mark}`).length > 0; attempt += 1) {
    await host.clock.sleep(10);
  }
  return {
    timer: result.end.kind === "timed-out",
    leftovers: findProcesses(`sleep\0${mark}`).length === 0,
  };
}

async function tryTotalMemory(host: BoxHost): Promise<string> {
  if (host.cgroups === null) return "not capped (no writable cgroup), only that of each process";
  // tail keeps all of a line without an end; its own limit is far above the group's.
  const script = "head -c 160000000 /dev/zero | tail -n 1 | wc -c";
  const result = await run(host, { argv: ["/bin/sh", "-c", script] });
  const isCapped = result.stdout.trim() !== "160000000";
  const name = `cgroup v${host.cgroups.version}`;
  return isCapped ? `capped by ${name}` : `not capped (${name} did not hold)`;
}
