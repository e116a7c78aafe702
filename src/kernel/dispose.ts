import { createSystemClock } from "./clock.ts";

type Release = () => void | PromiseLike<void>;

/** Above the 25 s that a shutdown gives to all of them; each release has a limit of its own. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Owns resources and releases them in reverse order, each even if an earlier release failed.
 * Stands in for `AsyncDisposableStack`, which Node 22 lacks. Disposal is idempotent: whoever asks again gets the same
 * end, and waits for it at most 30 s.
 */
export class DisposeStack implements AsyncDisposable {
  #releases: Release[] = [];
  #over: Promise<void> | null = null;

  get disposed(): boolean {
    return this.#over !== null;
  }

  /** Takes ownership of `resource` and returns it. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T {
    this.defer(async () => {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
      else resource[Symbol.dispose]();
    });
    return resource;
  }

  /** Runs `release` at disposal. */
  defer(release: Release): void {
    if (this.disposed) throw new Error("the owner of this resource is already disposed");
    this.#releases.push(release);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over !== null) return waitFor(this.#over);
    // Set before anything is released: a release may dispose its owner.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#over = promise;
    resolve(this.#releaseAll().then(() => undefined));
    return promise;
  }

  async #releaseAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const release of this.#releases.reverse()) {
      try {
        await release();
      } catch (failure) {
        failures.push(failure);
      }
    }
    this.#releases = [];
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, "several releases failed");
  }
}

/** Bounded, because a release that waits for the end of its own owner would wait for ever. */
async function waitFor(over: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  const limit = createSystemClock()
    .sleep(LONGEST_WAIT_MS, waiting.signal)
    .then(() => {
      throw new Error(`a disposal had not ended after ${String(LONGEST_WAIT_MS / 1000)} s`);
    });
  limit.catch(() => undefined);
  try {
    await Promise.race([over, limit]);
  } finally {
    waiting.abort();
  }
}
