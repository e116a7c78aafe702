import { spawn, type ChildProcess } from "node:child_process";

/** How a command ended that was to print a secret. Nothing it wrote on stderr is kept: it may hold the secret. */
export type CommandEnd =
  | { readonly kind: "ended"; readonly exitCode: number | null; readonly output: string }
  | { readonly kind: "not-started"; readonly why: string }
  | { readonly kind: "timed-out"; readonly afterMs: number }
  | { readonly kind: "too-much" };

const LIMIT_MS = 15_000;
const MAX_BYTES = 65_536;
/** A daemon that the command left behind may hold its output open. */
const CLOSE_LIMIT_MS = 500;

/** Runs a program of the user's own, without a shell, in a process group that is ended with it. */
export async function runSecretCommand(
  [program, ...args]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly signal: AbortSignal; readonly limitMs?: number },
): Promise<CommandEnd> {
  const { cwd, signal, limitMs = LIMIT_MS } = options;
  signal.throwIfAborted();
  const child = spawn(program, args, { cwd, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  const cut: { end: CommandEnd | null } = { end: null };
  const stop = (why: CommandEnd | null): void => {
    cut.end ??= why;
    endGroup(child);
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (output.length + text.length > MAX_BYTES) stop({ kind: "too-much" });
    else output += text;
  });
  const timer = setTimeout(() => {
    stop({ kind: "timed-out", afterMs: limitMs });
  }, limitMs);
  const onAbort = (): void => {
    stop(null);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const ended = await waitForEnd(child);
    signal.throwIfAborted();
    return cut.end ?? (ended.kind === "ended" ? { ...ended, output } : ended);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    child.stdout.destroy();
  }
}

function waitForEnd(
  child: ChildProcess,
): Promise<
  | { readonly kind: "ended"; readonly exitCode: number | null }
  | { readonly kind: "not-started"; readonly why: string }
> {
  return new Promise((resolve) => {
    child.on("error", (failure: NodeJS.ErrnoException) => {
      resolve({ kind: "not-started", why: failure.code ?? "unknown error" });
    });
    let timer: NodeJS.Timeout | undefined;
    child.on("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ kind: "ended", exitCode });
    });
    child.on("exit", (exitCode) => {
      timer = setTimeout(() => {
        endGroup(child);
        resolve({ kind: "ended", exitCode });
      }, CLOSE_LIMIT_MS);
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
