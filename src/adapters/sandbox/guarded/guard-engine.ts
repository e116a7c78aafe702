import type { Clock } from "../../../kernel/clock.ts";
import { DisposeStack } from "../../../kernel/dispose.ts";
import type { SandboxCommand, SandboxSpec } from "../../../ports/sandbox.ts";
import { startBoxedProcess, type BoxedProcess, type ProcessExit } from "../boxed-process.ts";
import type { SandboxEngine, Session } from "../command-sandbox.ts";
import { toEnd } from "../end.ts";
import { createMachineBusy, isBusy, saysBusy } from "../../../kernel/machine-busy.ts";
import { SandboxSetupFailed } from "../errors.ts";
import type { Ledger } from "../ledger.ts";
import { toGuardArguments, type GuardTools } from "./guard-arguments.ts";
import { measureFolder, readCollected } from "./guard-files.ts";
import type { GuardedView } from "./guard-view.ts";
import { createSlotPool, type Slot, type SlotPool } from "./guard-slots.ts";

/** Name of this backend in reports. */
export const GUARDED = "node-permission";

/** What the guarded backend found on this machine. */
export interface GuardHost {
  readonly tools: GuardTools;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

const SETUP_TIMEOUT_MS = 60_000;
const DISK_POLL_MS = 200;

/** One guarded sandbox below `root`, a folder of its own that it removes in the end. */
export function createGuardEngine(
  host: GuardHost,
  spec: SandboxSpec,
  view: GuardedView,
  close: () => Promise<void>,
): SandboxEngine {
  const pool = createSlotPool({
    root: view.root,
    layers: spec.layers,
    dropsUser: host.tools.dropsUser,
  });
  return {
    level: "guarded",
    backend: GUARDED,
    outputBytes: spec.limits.outputBytes,
    pathOf: (name) => (name === "work" ? pool.canonicalWork : view.mountPath(name)),
    open: (command) => openSession(host, spec, view, pool, command),
    close,
  };
}

async function openSession(
  host: GuardHost,
  spec: SandboxSpec,
  view: GuardedView,
  pool: SlotPool,
  command: SandboxCommand,
): Promise<Session> {
  const [program, ...argv] = command.argv;
  if (program !== "node") {
    throw new SandboxSetupFailed(
      `level guarded runs node alone, not ${program ?? "nothing"}`,
      "use a sandbox of level namespace (install bubblewrap)",
    );
  }
  const resources = new DisposeStack();
  try {
    const slot = await takeSlot(pool, resources);
    const translate = createTranslation(pool.canonicalWork, slot, view);
    const started = startGuarded(host, spec, view, slot, {
      ...command,
      argv: argv.map(translate.toInside),
      env: mapValues(command.env, translate.toInside),
    });
    resources.defer(host.ledger.enter(started.pid));
    watchDisk(started, slot, spec.limits.workBytes, resources);
    return {
      process: started,
      resources,
      ...translate,
      settle: (exit) => settle(exit, slot, command),
    };
  } catch (failure) {
    await resources[Symbol.asyncDispose]();
    throw failure;
  }
}

async function takeSlot(pool: SlotPool, resources: DisposeStack): Promise<Slot> {
  try {
    const slot = await pool.take();
    resources.defer(() => pool.giveBack(slot));
    return slot;
  } catch (failure) {
    if (isBusy(failure)) throw createMachineBusy("the work copy could not be made", failure);
    throw new SandboxSetupFailed(
      `the work copy could not be made: ${String(failure)}`,
      "free some space, or point TMPDIR at a file system that has room",
      failure,
    );
  }
}

function startGuarded(
  host: GuardHost,
  spec: SandboxSpec,
  view: GuardedView,
  slot: Slot,
  command: SandboxCommand,
): BoxedProcess {
  const [file = view.node, ...args] = toGuardArguments({
    tools: host.tools,
    node: view.node,
    preload: view.preload,
    limits: spec.limits,
    cpuSeconds: Math.ceil(command.timeoutMs / 1_000) * 4 + 10,
    readable: view.readable,
    writable: [slot.work, slot.temp],
    dependencies: view.dependenciesFor(slot.work),
    argv: command.argv,
  });
  const started = startBoxedProcess(
    {
      file,
      args,
      env: {
        PATH: "/usr/bin:/bin",
        HOME: slot.temp,
        TMPDIR: slot.temp,
        LANG: "C.UTF-8",
        TZ: "UTC",
        ...command.env,
      },
      cwd: slot.work,
      descriptor3: null,
      outputBytes: spec.limits.outputBytes,
      controlBytes: 4_096,
    },
    host.clock,
  );
  started.setTimer(SETUP_TIMEOUT_MS, "setup-timed-out");
  started.onControl(() => {
    started.setTimer(command.timeoutMs, "timed-out");
  });
  return started;
}

/** There is no quota to be had without privileges: what was written is measured now and then. */
function watchDisk(
  started: BoxedProcess,
  slot: Slot,
  capBytes: number,
  resources: DisposeStack,
): void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const bytes = await measureFolder(slot.folder, capBytes);
    if (isOver) return;
    if (bytes > capBytes) started.kill("disk-exceeded");
    else plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => {
      look().catch(() => {
        started.kill("disk-exceeded");
      });
    }, DISK_POLL_MS);
  };
  plan();
  resources.defer(() => {
    isOver = true;
    clearTimeout(timer);
  });
}

function settle(
  exit: ProcessExit,
  slot: Slot,
  command: SandboxCommand,
): ReturnType<Session["settle"]> {
  const hasStarted = exit.control.toString("latin1").startsWith("R");
  const wasStopped = exit.killedFor !== null && exit.killedFor !== "setup-timed-out";
  if (!hasStarted && !wasStopped) {
    const why = `the guarded process did not come up: ${exit.stderr.trim().slice(-2_000)}`;
    if (saysBusy(exit.stderr)) throw createMachineBusy(why);
    throw new SandboxSetupFailed(
      why,
      "run `regoose doctor` to see what this machine lacks for a sandbox",
    );
  }
  const files = new Map<string, { content: Buffer; truncated: boolean }>();
  for (const path of command.collect) {
    const file = readCollected(slot.work, path, command.collectBytes);
    if (file !== null) files.set(path, file);
  }
  return { end: toEnd(exit, null, false), files };
}

interface Translation {
  readonly toInside: (text: string) => string;
  readonly toOutside: (text: string) => string;
}

/**
 * Callers know one path of the work copy, and `node_modules` in or above it; a command may run in
 * another slot, and dependency folders stand elsewhere. Slots have paths of equal length, so output
 * can be rewritten without moving anything.
 */
function createTranslation(canonical: string, slot: Slot, view: GuardedView): Translation {
  const moved = view
    .dependenciesFor(canonical)
    .map(({ above, folder }) => [`${above}/node_modules/`, `${folder}/`] as const);
  return {
    toInside: (text) =>
      moved
        .reduce((before, [from, to]) => before.replaceAll(from, to), text)
        .replaceAll(canonical, slot.work),
    toOutside: (text) => text.replaceAll(slot.work, canonical),
  };
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
