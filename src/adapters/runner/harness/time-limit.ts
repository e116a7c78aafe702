import type { PrivateNode } from "./private-node.ts";

/** Thrown when a test body did not settle in time. */
export class BodyTimeout extends Error {
  override readonly name = "BodyTimeout";
  /** Nothing was under way any more, so that nothing can come back later. */
  readonly isIdle: boolean;

  constructor(message: string, isIdle: boolean) {
    super(message);
    this.isIdle = isIdle;
  }
}

export interface BodyLimit {
  readonly limitMs: number;
  /**
   * After so much time in which nothing is under way in the process, a pending body is taken as
   * never ending; null waits for `limitMs`.
   */
  readonly idleMs: number | null;
}

const POLL_MS = 25;

/**
 * Runs a body and settles as it does, or rejects with {@link BodyTimeout}. A body that is not
 * asynchronous costs no timer. The poll also keeps the process alive while the body is pending.
 */
export function runWithLimit(node: PrivateNode, body: () => unknown, limit: BodyLimit): unknown {
  const idleCount = node.countActiveResources();
  const result = body();
  if (!isThenable(result)) return result;
  return new Promise((resolve, reject) => {
    const startedAt = node.monotonic();
    let idleSince = startedAt;
    const poll = node.setInterval(() => {
      const now = node.monotonic();
      // One more than before the body: this poll itself.
      if (node.countActiveResources() > idleCount + 1) idleSince = now;
      const isIdle = limit.idleMs !== null && now - idleSince >= limit.idleMs;
      if (!isIdle && now - startedAt < limit.limitMs) return;
      settle(() => {
        reject(
          new BodyTimeout(isIdle ? "nothing is left to wait for" : "the time limit passed", isIdle),
        );
      });
    }, POLL_MS);
    const settle = (finish: () => void): void => {
      node.clearInterval(poll);
      finish();
    };
    result.then(
      (value: unknown) => {
        settle(() => {
          resolve(value);
        });
      },
      (reason: unknown) => {
        settle(() => {
          // The reason is the test's own and goes through as it is.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(reason);
        });
      },
    );
  });
}

/** Whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
