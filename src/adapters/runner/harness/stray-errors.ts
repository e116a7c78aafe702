import type { Session } from "./session.ts";

/** Errors of the process that no test may stand for. */
export interface StrayErrors {
  /** A red test stands for this error. */
  blame(thrown: unknown): void;
  /** Notes an error that was seen some other way. */
  note(thrown: unknown): void;
  /** Whether any error was seen at all. */
  hasAny(): boolean;
  /** Writes those that no red test stands for. */
  report(session: Session): void;
}

/** Listens for uncaught errors and unhandled rejections without changing what happens to the former. */
export function watchStrayErrors(onRejection: (reason: unknown) => void): StrayErrors {
  const blamed = new Set<unknown>();
  const escaped = new Set<unknown>();
  process.on("uncaughtExceptionMonitor", (thrown) => escaped.add(thrown));
  process.on("unhandledRejection", (reason) => {
    escaped.add(reason);
    onRejection(reason);
  });
  return {
    blame: (thrown) => blamed.add(thrown),
    note: (thrown) => escaped.add(thrown),
    hasAny: () => escaped.size > 0,
    report: (session) => {
      for (const thrown of escaped) if (!blamed.has(thrown)) session.stray(thrown);
    },
  };
}
