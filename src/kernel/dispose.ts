type Release = () => void | PromiseLike<void>;

/**
 * Owns resources and releases them in reverse order, each even if an earlier release failed.
 * Stands in for `AsyncDisposableStack`, which Node 22 lacks. Disposal is idempotent.
 */
export class DisposeStack implements AsyncDisposable {
  #releases: Release[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
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
    if (this.#disposed) throw new Error("the owner of this resource is already disposed");
    this.#releases.push(release);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
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
