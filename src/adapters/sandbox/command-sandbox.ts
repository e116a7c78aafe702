import type { SandboxLevel } from "../../contract/envelope.ts";
import type { DisposeStack } from "../../kernel/dispose.ts";
import type {
  Sandbox,
  SandboxCommand,
  SandboxEnd,
  SandboxProcess,
  SandboxResult,
} from "../../ports/sandbox.ts";
import type { BoxedProcess, ProcessExit } from "./boxed-process.ts";
import { SandboxProcessGone, SandboxSetupFailed } from "./errors.ts";
import { LineQueue } from "./line-queue.ts";
import { OutputSink } from "./output-sink.ts";

/** A file that came back, by its path within the work copy. */
export type CollectedFiles = SandboxResult["files"];

/** One command on its own work copy, started by a backend. */
export interface Session {
  readonly process: BoxedProcess;
  /** Released once the command has ended and was judged. */
  readonly resources: DisposeStack;
  /** Rewrites text on its way in (paths of the work copy, where they differ). */
  toInside(text: string): string;
  /** Rewrites text on its way out. */
  toOutside(text: string): string;
  /**
   * Judges the end and reads files back.
   * @throws SandboxSetupFailed (RGS-7002) when the command had not started.
   */
  settle(exit: ProcessExit): { readonly end: SandboxEnd; readonly files: CollectedFiles };
}

/** What differs between backends. */
export interface SandboxEngine {
  readonly level: SandboxLevel;
  readonly backend: string;
  readonly outputBytes: number;
  pathOf(name: string): string;
  open(command: SandboxCommand): Promise<Session>;
  /** Called once, after every session has ended. */
  close(): Promise<void>;
}

/** The port's sandbox on top of an engine: output caps, cancellation, lines, disposal. */
export class CommandSandbox implements Sandbox {
  readonly level: SandboxLevel;
  readonly backend: string;
  readonly #engine: SandboxEngine;
  readonly #lives = new Set<Life>();
  #closed: Promise<void> | null = null;

  constructor(engine: SandboxEngine) {
    this.#engine = engine;
    this.level = engine.level;
    this.backend = engine.backend;
  }

  pathOf(name: string): string {
    return this.#engine.pathOf(name);
  }

  async run(
    command: SandboxCommand,
    options: { readonly signal: AbortSignal },
  ): Promise<SandboxResult> {
    const life = await this.#open(command, options.signal);
    const { session } = life;
    const stdout = new OutputSink(this.#engine.outputBytes);
    session.process.stdout.on("data", (chunk: Buffer) => {
      if (!stdout.push(chunk)) session.process.kill("output-exceeded");
    });
    session.process.stdin.end(session.toInside(command.stdin ?? ""));
    const { exit, settled } = await this.#finish(life, options.signal);
    return {
      ...settled,
      stdout: session.toOutside(stdout.toText()),
      stderr: session.toOutside(exit.stderr),
      durationMs: exit.durationMs,
      pid: session.process.pid,
    };
  }

  async start(
    command: SandboxCommand,
    options: { readonly signal: AbortSignal },
  ): Promise<SandboxProcess> {
    const life = await this.#open(command, options.signal);
    const { session } = life;
    const { process } = session;
    const lines = new LineQueue(session.process.stdout, this.#engine.outputBytes, () => {
      process.kill("output-exceeded");
    });
    process.onExit(() => {
      lines.drain();
    });
    const ended = this.#finish(life, options.signal).then(({ exit, settled }) => ({
      end: settled.end,
      stderr: session.toOutside(exit.stderr),
    }));
    // Callers may look at `ended` late; a set-up failure must not count as unhandled until then.
    ended.catch(() => undefined);
    if (command.stdin !== undefined) process.stdin.write(session.toInside(command.stdin));
    return {
      pid: process.pid,
      lines: mapLines(lines, (line) => session.toOutside(line)),
      ended,
      kill: () => {
        process.kill("killed");
      },
      send: (line) => this.#send(session, `${session.toInside(line)}\n`, ended),
      [Symbol.asyncDispose]: async () => {
        process.kill("killed");
        await ended.catch(() => undefined);
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const lives = [...this.#lives];
    for (const life of lives) life.session?.process.kill("cancelled");
    await Promise.all(lives.map((life) => life.over));
    await this.#engine.close();
  }

  async #open(command: SandboxCommand, signal: AbortSignal): Promise<Life & { session: Session }> {
    signal.throwIfAborted();
    if (this.#closed !== null) {
      throw new SandboxSetupFailed("this sandbox is disposed", "create another one");
    }
    // Entered before anything starts, so that a disposal in between waits for it.
    const life = createLife();
    this.#lives.add(life);
    try {
      const session = await this.#engine.open(command);
      await requireStarted(session);
      if (this.#isClosed()) session.process.kill("cancelled");
      return Object.assign(life, { session });
    } catch (failure) {
      this.#end(life);
      throw failure;
    }
  }

  async #finish(
    life: Life & { session: Session },
    signal: AbortSignal,
  ): Promise<{ exit: ProcessExit; settled: ReturnType<Session["settle"]> }> {
    const { session } = life;
    const onAbort = (): void => {
      session.process.kill("cancelled");
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const exit = await session.process.exit;
      return { exit, settled: session.settle(exit) };
    } finally {
      signal.removeEventListener("abort", onAbort);
      // What could not be removed is found by the sweep; it must not hide the command's result.
      await session.resources[Symbol.asyncDispose]().catch(() => undefined);
      this.#end(life);
    }
  }

  #end(life: Life): void {
    this.#lives.delete(life);
    life.end();
  }

  #isClosed(): boolean {
    return this.#closed !== null;
  }

  async #send(session: Session, text: string, ended: Promise<unknown>): Promise<void> {
    const handedOver = new Promise<boolean>((resolve) => {
      session.process.stdin.write(text, (failure) => {
        resolve(failure === null || failure === undefined);
      });
    });
    const gone = ended.then(
      () => false,
      () => false,
    );
    if (!(await Promise.race([handedOver, gone]))) throw new SandboxProcessGone(this.backend);
  }
}

/** What could not be started says so at once, and not when someone waits for its end. */
async function requireStarted({ process, resources }: Session): Promise<void> {
  if (process.pid >= 0) return;
  try {
    await process.exit;
  } finally {
    await resources[Symbol.asyncDispose]().catch(() => undefined);
  }
}

/** One command from before its start until everything of it is gone. */
interface Life {
  session: Session | null;
  readonly over: Promise<void>;
  readonly end: () => void;
}

function createLife(): Life {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { session: null, over, end };
}

async function* mapLines(
  lines: AsyncIterable<string>,
  map: (line: string) => string,
): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) yield map(line);
}
