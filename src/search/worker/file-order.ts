import { realClearTimeout, realSetImmediate, realSetTimeout } from "./private-world.ts";

/** Functions whose last argument is told of many things, not of the end of one. */
const LISTENERS = /^(?:watch|unwatch)/u;
/** Longest that an ending is held back for another, ms: one that never ends must not hold the rest for ever. */
const LONGEST_HOLD_MS = 100;

/**
 * Decides in which order file operations end that were begun together: on a disk it is anybody's guess, and on a
 * quiet machine nearly always the same. Each ending is held back until those before it have been told.
 */
export interface FileOrder {
  /** Calls one file function; its callback comes, or its promise is settled, when it is its turn. */
  call(name: string, args: readonly unknown[], run: (args: readonly unknown[]) => unknown): unknown;
}

/** As they were begun, or the other way round. */
export type FileOrderKind = "as-begun" | "turned-round";

/** One operation that was begun. */
interface Operation {
  /** Tells the end; null until it is there. */
  tell: (() => void) | null;
}

/** What was begun in one turn of the event loop. */
interface Batch {
  readonly waiting: Operation[];
  isClosed: boolean;
  /** Runs from the first ending that was held back. */
  timer: NodeJS.Timeout | null;
  /** True once the hold was too long: endings are told as they come. */
  isFree: boolean;
}

/** Creates the order of one process. */
export function createFileOrder(kind: FileOrderKind): FileOrder {
  return new BatchedOrder(kind);
}

class BatchedOrder implements FileOrder {
  readonly #kind: FileOrderKind;
  #current: Batch | null = null;
  #depth = 0;

  constructor(kind: FileOrderKind) {
    this.#kind = kind;
  }

  call(
    name: string,
    args: readonly unknown[],
    run: (args: readonly unknown[]) => unknown,
  ): unknown {
    // What a file function calls itself is no operation of the program's.
    if (this.#depth > 0) return run(args);
    this.#depth += 1;
    try {
      const callback = args.at(-1);
      if (typeof callback === "function" && !LISTENERS.test(name))
        return this.#withCallback(args, callback as (...results: unknown[]) => unknown, run);
      const answer = run(args);
      return answer instanceof Promise ? this.#withPromise(answer) : answer;
    } finally {
      this.#depth -= 1;
    }
  }

  #withCallback(
    args: readonly unknown[],
    callback: (...results: unknown[]) => unknown,
    run: (args: readonly unknown[]) => unknown,
  ): unknown {
    const { batch, operation } = this.#begin();
    const late = function (this: unknown, ...results: unknown[]): void {
      operation.tell = () => {
        Reflect.apply(callback, this, results);
      };
      advance(batch);
    };
    try {
      return run([...args.slice(0, -1), late]);
    } catch (failure) {
      leave(batch, operation);
      throw failure;
    }
  }

  #withPromise(answer: Promise<unknown>): Promise<unknown> {
    const { batch, operation } = this.#begin();
    return answer.finally(
      () =>
        new Promise<void>((resolve) => {
          operation.tell = resolve;
          advance(batch);
        }),
    );
  }

  #begin(): { readonly batch: Batch; readonly operation: Operation } {
    const batch = (this.#current ??= this.#openBatch());
    const operation: Operation = { tell: null };
    if (this.#kind === "as-begun") batch.waiting.push(operation);
    else batch.waiting.unshift(operation);
    return { batch, operation };
  }

  #openBatch(): Batch {
    const batch: Batch = { waiting: [], isClosed: false, timer: null, isFree: false };
    realSetImmediate(() => {
      this.#current = null;
      batch.isClosed = true;
      advance(batch);
    });
    return batch;
  }
}

/** Tells the endings whose turn it is, each in a turn of the event loop of its own. */
function advance(batch: Batch): void {
  if (!batch.isClosed) return;
  const isTold = ({ tell }: Operation): boolean => tell !== null;
  const next = batch.isFree ? batch.waiting.find(isTold) : batch.waiting[0];
  if (next === undefined) return;
  const { tell } = next;
  if (tell === null) {
    if (batch.waiting.some(isTold)) hold(batch);
    return;
  }
  leave(batch, next);
  realSetImmediate(() => {
    advance(batch);
  });
  tell();
}

function hold(batch: Batch): void {
  batch.timer ??= realSetTimeout(() => {
    batch.isFree = true;
    advance(batch);
  }, LONGEST_HOLD_MS);
}

function leave(batch: Batch, operation: Operation): void {
  batch.waiting.splice(batch.waiting.indexOf(operation), 1);
  if (batch.waiting.length > 0 || batch.timer === null) return;
  realClearTimeout(batch.timer);
  batch.timer = null;
}
