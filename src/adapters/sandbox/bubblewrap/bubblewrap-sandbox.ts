import type {
  Sandbox,
  SandboxCommand,
  SandboxEnd,
  SandboxProcess,
  SandboxResult,
  SandboxSpec,
} from "../../../ports/sandbox.ts";
import type { ProcessExit } from "../boxed-process.ts";
import { SandboxProcessGone, SandboxSetupFailed } from "../errors.ts";
import { LineQueue } from "../line-queue.ts";
import { OutputSink } from "../output-sink.ts";
import { startBox, type BoxHost, type BoxSession } from "./box-session.ts";
import { createBoxLayout, type BoxLayout } from "./box-layout.ts";
import { parseControl, type ControlReport } from "./control-channel.ts";
import { toEnd } from "../end.ts";

/** Name of this backend in reports. */
export const BUBBLEWRAP = "bubblewrap";

/** One bubblewrap sandbox; every command gets a box of its own. */
export class BubblewrapSandbox implements Sandbox {
  readonly level = "namespace";
  readonly backend: string = BUBBLEWRAP;
  readonly #host: BoxHost;
  readonly #spec: SandboxSpec;
  readonly #layout: BoxLayout;
  readonly #running = new Set<BoxSession>();
  readonly #releases = new Set<Promise<void>>();
  #isDisposed = false;

  constructor(host: BoxHost, spec: SandboxSpec) {
    this.#host = host;
    this.#spec = spec;
    this.#layout = createBoxLayout(spec);
  }

  pathOf(name: string): string {
    return this.#layout.pathOf(name);
  }

  async run(
    command: SandboxCommand,
    options: { readonly signal: AbortSignal },
  ): Promise<SandboxResult> {
    const session = await this.#open(command, options.signal);
    const stdout = new OutputSink(this.#spec.limits.outputBytes);
    session.process.stdout.on("data", (chunk: Buffer) => {
      if (!stdout.push(chunk)) session.process.kill("output-exceeded");
    });
    session.process.stdin.end(command.stdin ?? "");
    const exit = await this.#close(session, options.signal);
    const report = parseControl(exit.control);
    const end = judge(exit, report);
    const files = new Map<string, { content: Buffer; truncated: boolean }>();
    for (const [index, file] of report.files) {
      const path = command.collect[index];
      if (path !== undefined) files.set(path, file);
    }
    return {
      end,
      stdout: stdout.toText(),
      stderr: exit.stderr,
      files,
      durationMs: exit.durationMs,
    };
  }

  async start(
    command: SandboxCommand,
    options: { readonly signal: AbortSignal },
  ): Promise<SandboxProcess> {
    const session = await this.#open({ ...command, collect: [] }, options.signal);
    const { process } = session;
    const lines = new LineQueue(process.stdout, this.#spec.limits.outputBytes, () => {
      process.kill("output-exceeded");
    });
    let isGone = false;
    const ended = this.#close(session, options.signal, () => {
      lines.drain();
    }).then((exit) => {
      isGone = true;
      return { end: judge(exit, parseControl(exit.control)), stderr: exit.stderr };
    });
    // Callers may look at `ended` late; a set-up failure must not count as unhandled until then.
    ended.catch(() => undefined);
    if (command.stdin !== undefined) process.stdin.write(command.stdin);
    return {
      lines,
      ended,
      kill: () => {
        process.kill("killed");
      },
      send: async (line) => {
        if (isGone) throw new SandboxProcessGone(BUBBLEWRAP);
        const handedOver = new Promise<boolean>((resolve) => {
          process.stdin.write(`${line}\n`, (failure) => {
            resolve(failure === null || failure === undefined);
          });
        });
        const wasSent = await Promise.race([handedOver, ended.then(() => false)]);
        if (!wasSent) throw new SandboxProcessGone(BUBBLEWRAP);
      },
      [Symbol.asyncDispose]: async () => {
        process.kill("killed");
        await ended.catch(() => undefined);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    const sessions = [...this.#running];
    for (const { process } of sessions) process.kill("killed");
    await Promise.allSettled(sessions.map(({ process }) => process.exit));
    await Promise.all(this.#releases);
  }

  async #open(command: SandboxCommand, signal: AbortSignal): Promise<BoxSession> {
    signal.throwIfAborted();
    this.#assertOpen();
    const session = await startBox(this.#host, this.#spec, this.#layout, command);
    this.#running.add(session);
    if (this.#isDisposed) session.process.kill("cancelled");
    return session;
  }

  async #close(
    session: BoxSession,
    signal: AbortSignal,
    onExit: () => void = () => undefined,
  ): Promise<ProcessExit> {
    const onAbort = (): void => {
      session.process.kill("cancelled");
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    session.process.onExit(onExit);
    try {
      const exit = await session.process.exit;
      return { ...exit, ranOutOfMemory: session.cgroup?.hasRunOutOfMemory() ?? false };
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#running.delete(session);
      this.#release(session);
    }
  }

  /** Nobody waits for control groups to empty but the disposal of the sandbox. */
  #release(session: BoxSession): void {
    const release = session.resources[Symbol.asyncDispose]()
      // What could not be removed is found by the sweep.
      .catch(() => undefined)
      .finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }

  #assertOpen(): void {
    if (this.#isDisposed) {
      throw new SandboxSetupFailed("this sandbox is disposed", "create another one");
    }
  }
}

/** Tells the command's end from a failing set-up: only the latter has no mark that it started. */
function judge(exit: ProcessExit, report: ControlReport): SandboxEnd {
  if (report.hasStarted || exit.killedFor === "cancelled" || exit.killedFor === "killed") {
    return toEnd(exit, report.exitCode);
  }
  const said = report.setupFailure ?? exit.stderr.trim().slice(-2_000);
  const why =
    exit.killedFor === "setup-timed-out" ? "it was not ready after 60 s" : said || describe(exit);
  throw new SandboxSetupFailed(`the sandbox could not be built: ${why}`, toHint(why));
}

function describe(exit: ProcessExit): string {
  return exit.signal === null ? `bwrap ended with ${exit.code ?? "?"}` : `bwrap got ${exit.signal}`;
}

function toHint(why: string): string {
  if (/No space left/iu.test(why)) {
    return "the project does not fit the work copy: raise its disk limit, or leave build output out";
  }
  return "run `regoose doctor` to see what this machine lacks for a sandbox";
}
