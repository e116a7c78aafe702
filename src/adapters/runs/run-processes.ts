import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { LOG_LEVELS_FILE } from "../../contract/run-folder.ts";
import type { Clock } from "../../kernel/clock.ts";
import { createMachineBusy, isBusy } from "../../kernel/machine-busy.ts";
import type { RunProcess, RunProcessEnding, RunProcesses } from "../../ports/run-processes.ts";
import { isOwnerAlive, toProcessOwner } from "../process-owner.ts";
import { createRunFolderStore } from "../store/run-folder.ts";
import { LOG_FILE } from "../store/run-log-files.ts";

/** Most characters of an answer: findings of a large package are some megabytes. */
const MOST_STDOUT = 32 * 1024 * 1024;
const STDERR_TAIL = 4_000;
/** A descendant may hold the pipes open after the process is gone. */
const PIPE_LIMIT_MS = 2_000;
/** A process that gets SIGKILL is gone as soon as the kernel has let go of it. */
const ORPHAN_LIMIT_MS = 5_000;
const ORPHAN_POLL_MS = 20;
/** Our run is among the newest: runs of one project come one after the other. */
const NEWEST_RUNS = 5;

/** Runs as calls of the command at `binPath`, each in a process group of its own. */
export function createRunProcesses(
  deps: { readonly clock: Clock },
  options: {
    readonly binPath: string;
    /** All variables of a process that gets some beside those of this one. */
    readonly toEnvironment: (added: Readonly<Record<string, string>>) => NodeJS.ProcessEnv;
  },
): RunProcesses {
  return {
    async start(args, cwd, environment) {
      const child = spawn(process.execPath, [options.binPath, ...args], {
        cwd,
        env: options.toEnvironment(environment ?? {}),
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      try {
        await once(child, "spawn");
      } catch (failure) {
        throw isBusy(failure) ? createMachineBusy("no process for a run", failure) : failure;
      }
      return toRunProcess(deps.clock, child);
    },
    async endOrphan(owner) {
      if (!isOwnerAlive(owner)) return;
      signalGroup(Number(owner.split(":")[0]), "SIGKILL");
      for (let waitedMs = 0; waitedMs < ORPHAN_LIMIT_MS; waitedMs += ORPHAN_POLL_MS) {
        if (!isOwnerAlive(owner)) return;
        await deps.clock.sleep(ORPHAN_POLL_MS);
      }
    },
    async readProgress(project, owner, runId) {
      const id = runId ?? (await findRun(project, owner));
      if (id === null) return null;
      const store = createRunFolderStore(deps, project);
      return { runId: id, records: await store.readRecords(id) };
    },
    setLogLevels: (project, runId, levels) =>
      createRunFolderStore(deps, project).writeFile(runId, LOG_LEVELS_FILE, `${levels}\n`),
    async readSign(project, runId) {
      const log = join(createRunFolderStore(deps, project).folderOf(runId), LOG_FILE);
      return stat(log).then(
        ({ mtimeMs }) => mtimeMs,
        () => null,
      );
    },
  };
}

function toRunProcess(clock: Clock, child: ChildProcess): RunProcess {
  const pid = child.pid ?? 0;
  let isGone = false;
  const ended = waitForEnd(clock, child).then((ending) => {
    isGone = true;
    signalGroup(pid, "SIGKILL");
    return ending;
  });
  return {
    owner: toProcessOwner(pid),
    ended,
    interrupt() {
      child.kill("SIGINT");
    },
    kill() {
      if (!isGone) signalGroup(pid, "SIGKILL");
    },
  };
}

async function waitForEnd(clock: Clock, child: ChildProcess): Promise<RunProcessEnding> {
  let stdout: string | null = "";
  let stderrTail = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    if (stdout !== null) stdout = stdout.length + text.length > MOST_STDOUT ? null : stdout + text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderrTail = (stderrTail + text).slice(-STDERR_TAIL);
  });
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const [exitCode, signal] = (await once(child, "exit")) as [number | null, string | null];
  const waiting = new AbortController();
  await Promise.race([closed, clock.sleep(PIPE_LIMIT_MS, waiting.signal).catch(() => undefined)]);
  waiting.abort();
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { exitCode, signal, stdout, stderrTail };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // 0 and 1 would mean our own group and everything.
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

async function findRun(project: string, owner: string): Promise<string | null> {
  const runs = join(project, ".regoose", "runs");
  const ids = (await readdir(runs).catch(() => [])).sort().reverse();
  for (const id of ids.slice(0, NEWEST_RUNS)) {
    const files = await readdir(join(runs, id)).catch(() => []);
    for (const name of files.filter((file) => file.startsWith("owner-"))) {
      if ((await readFile(join(runs, id, name), "utf8").catch(() => "")) === owner) return id;
    }
  }
  return null;
}
