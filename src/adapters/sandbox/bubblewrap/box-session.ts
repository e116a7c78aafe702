import type { Clock } from "../../../kernel/clock.ts";
import { DisposeStack } from "../../../kernel/dispose.ts";
import type { SandboxCommand, SandboxSpec } from "../../../ports/sandbox.ts";
import { startBoxedProcess, type BoxedProcess } from "../boxed-process.ts";
import type { Ledger } from "../ledger.ts";
import { toBoxArguments } from "./box-arguments.ts";
import type { BoxCgroup, CgroupFactory } from "./cgroup.ts";
import { BOX_NODE_FOLDER, type BoxLayout } from "./box-layout.ts";
import { createBoxScript } from "./box-script.ts";
import { toHostCommand } from "./host-command.ts";
import type { HostView } from "./host-view.ts";
import { showHostPaths } from "./shown-paths.ts";

/** What this machine offers, found once for each backend. */
export interface BoxHost {
  readonly bwrap: string;
  /** Path of setpriv when we are root and have to drop that, else null. */
  readonly setpriv: string | null;
  /** Path of unshare where root may make a mount namespace with it, else null. */
  readonly unshare: string | null;
  readonly canDisableUserns: boolean;
  /** File with the seccomp program, or null where the processor has none. */
  readonly seccompFile: string | null;
  /** Null where no control group may be made. */
  readonly cgroups: CgroupFactory | null;
  readonly view: HostView;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** A box that was started, and what has to be released once it has ended. */
export interface StartedBox {
  readonly process: BoxedProcess;
  readonly resources: DisposeStack;
  readonly cgroup: BoxCgroup | null;
}

const BOX_NODE = `${BOX_NODE_FOLDER}/node`;
/** Time for everything before the command: namespaces, and copying the layers in. */
const SETUP_TIMEOUT_MS = 60_000;
/** Time after the command for handing files back. */
const COLLECT_TIMEOUT_MS = 20_000;

/** Builds the command line of one box and starts it. Its timers run from here. */
export async function startBox(
  host: BoxHost,
  spec: SandboxSpec,
  layout: BoxLayout,
  command: SandboxCommand,
): Promise<StartedBox> {
  const resources = new DisposeStack();
  try {
    const options = { dropsUser: host.setpriv !== null, canMount: host.unshare !== null };
    const shown = await showHostPaths(spec, layout, host.ledger, options, resources);
    const boxArguments = toBoxArguments({
      layout,
      limits: spec.limits,
      system: host.view.system,
      binds: [...host.view.binds, ...shown.binds],
      env: command.env,
      hasSeccomp: host.seccompFile !== null,
      canDisableUserns: host.canDisableUserns,
      identity: command.identity ?? "first",
      script: toScript(spec, layout, command),
      // By its path: a command may bring a PATH of its own.
      argv: command.argv.map((one, index) => (index === 0 && one === "node" ? BOX_NODE : one)),
    });
    const cgroup = createCgroup(host, spec, resources);
    const [file, ...args] = toHostCommand(
      { ...host, mounts: shown.mounts, joinFiles: cgroup?.joinFiles ?? [] },
      boxArguments,
    );
    const started = startBoxedProcess(
      {
        file: file ?? host.bwrap,
        args,
        // bwrap's init stays in the box as process 1 with this environment: nothing of ours in it.
        env: { PATH: "/usr/bin:/bin" },
        cwd: "/",
        descriptor3: host.seccompFile,
        outputBytes: spec.limits.outputBytes,
        controlBytes: 4_096 + command.collect.length * (command.collectBytes + 64),
      },
      host.clock,
    );
    resources.defer(host.ledger.enter(started.pid));
    startTimers(started, command.timeoutMs);
    return { process: started, resources, cgroup };
  } catch (failure) {
    await resources[Symbol.asyncDispose]();
    throw failure;
  }
}

function createCgroup(host: BoxHost, spec: SandboxSpec, resources: DisposeStack): BoxCgroup | null {
  if (host.cgroups === null) return null;
  const { totalMemoryBytes, workBytes, processes } = spec.limits;
  const cgroup = host.cgroups.create({
    // A tmpfs is memory: a full work copy must not count against the programs.
    memoryBytes: totalMemoryBytes + workBytes,
    // Room for bwrap and the script; the exact cap is the one set inside.
    processes: processes + 16,
  });
  resources.defer(() => {
    cgroup.release();
  });
  return cgroup;
}

function toScript(spec: SandboxSpec, layout: BoxLayout, command: SandboxCommand): string {
  return createBoxScript({
    work: layout.work,
    layers: spec.layers.map((_, index) => layout.layerPath(index)),
    limits: spec.limits,
    cpuSeconds: Math.ceil(command.timeoutMs / 1_000) * 4 + 10,
    collect: command.collect,
    collectBytes: command.collectBytes,
  });
}

/** Timers follow the script: set-up until `R`, the command until `X`, then handing back. */
function startTimers(started: BoxedProcess, timeoutMs: number): void {
  let phase: "setup" | "command" | "collect" = "setup";
  started.setTimer(SETUP_TIMEOUT_MS, "setup-timed-out");
  started.onControl((chunk) => {
    if (phase === "setup" && chunk.includes("R")) {
      phase = "command";
      started.setTimer(timeoutMs, "timed-out");
    }
    if (phase === "command" && chunk.includes("X")) {
      phase = "collect";
      started.setTimer(COLLECT_TIMEOUT_MS, "killed");
    }
  });
}
