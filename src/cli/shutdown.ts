import type { Clock } from "../kernel/clock.ts";
import type { RegooseError } from "../kernel/errors.ts";
import { createCutShort, createInterrupted, createUncaughtDefect } from "./errors.ts";

/** What a command that was told to stop may take to keep what it has and to release the rest, ms. */
const SHUTDOWN_LIMIT_MS = 25_000;

/** The same after a defect, ms: what it left behind may never come to an end. */
const DEFECT_LIMIT_MS = 10_000;

/** npm passes a Ctrl-C on to us that the terminal has sent us already: within this time both are one, ms. */
const ECHO_MS = 250;

export interface ShutdownDeps {
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  /** Where signals arrive, and what broke where nobody waited for it. */
  readonly signals: Pick<NodeJS.Process, "on">;
  /** Says why and ends the process, without waiting for anything. */
  readonly cut: (error: RegooseError) => void;
  /** Ends the process, whose command has ended, with the exit code that it has. */
  readonly leave: () => void;
}

/** The signals of one command. */
export interface Shutdown extends Disposable {
  /** Aborted by the first signal or defect; its reason names it. */
  readonly signal: AbortSignal;
}

/**
 * What is thrown or rejected where nobody waits for it is a defect, RGS-9001: it stops the command in the same way as a
 * signal, within 10 s, so that what it holds is released and its run can be resumed. A second one cuts that short.
 *
 * The first Ctrl-C, TERM or HUP stops the taking of work: steps finish or leave a checkpoint, resources are
 * released, the log is flushed. A second one, or a step that does not heed the first within the limit,
 * cuts all that short. Disposing says that the command has ended; a signal while the process winds down
 * changes nothing of its exit code.
 */
export function listenForSignals(
  deps: ShutdownDeps,
  options: { readonly limitMs: number } = { limitMs: SHUTDOWN_LIMIT_MS },
): Shutdown {
  const stop = new AbortController();
  const ended = new AbortController();
  let firstAt = 0;
  const cutAfter = (limitMs: number, toError: () => RegooseError): void => {
    deps.clock.sleep(limitMs, ended.signal).then(
      () => {
        deps.cut(toError());
      },
      () => undefined,
    );
  };
  const onSignal = (name: NodeJS.Signals): void => {
    const now = deps.clock.monotonic();
    if (ended.signal.aborted) {
      deps.leave();
      return;
    }
    if (stop.signal.aborted) {
      if (now - firstAt > ECHO_MS) deps.cut(createCutShort(name, "a second signal came"));
      return;
    }
    firstAt = now;
    stop.abort(createInterrupted(name));
    const why = `a step did not stop within ${String(options.limitMs / 1_000)} s`;
    cutAfter(options.limitMs, () => createCutShort(name, why));
  };
  const onDefect = (thrown: unknown): void => {
    const defect = createUncaughtDefect(thrown);
    if (ended.signal.aborted || stop.signal.aborted) {
      deps.cut(defect);
      return;
    }
    firstAt = deps.clock.monotonic();
    stop.abort(defect);
    cutAfter(DEFECT_LIMIT_MS, () => defect);
  };
  deps.signals.on("uncaughtException", onDefect);
  deps.signals.on("unhandledRejection", onDefect);
  deps.signals.on("SIGINT", onSignal);
  deps.signals.on("SIGTERM", onSignal);
  // A terminal that was closed; without this the command would die without a word.
  deps.signals.on("SIGHUP", onSignal);
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      ended.abort(new Error("the command has ended"));
    },
  };
}
