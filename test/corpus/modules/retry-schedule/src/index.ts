export interface DelayOptions {
  /** Attempts in all, the first one too. */
  readonly attempts: number;
  readonly baseMs: number;
  /** @defaultValue 2 */
  readonly factor?: number;
  /** @defaultValue no limit */
  readonly maxMs?: number;
  /** Share of a delay by which it may vary, 0 to 1. @defaultValue 0 */
  readonly jitter?: number;
  readonly random?: () => number;
}

/** The delays between attempts, whole milliseconds. */
export function planDelays(options: DelayOptions): number[] {
  const { attempts, baseMs, factor = 2, maxMs = Infinity, jitter = 0, random = Math.random } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(`attempts must be a whole number above 0, not ${attempts}`);
  }
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError(`jitter must be 0 to 1, not ${jitter}`);
  return Array.from({ length: attempts - 1 }, (_, index) => {
    const delay = Math.min(baseMs * factor ** index, maxMs);
    const spread = jitter === 0 ? 1 : 1 + jitter * (2 * random() - 1);
    return Math.round(delay * spread);
  });
}

export interface RetryOptions extends DelayOptions {
  readonly sleep?: (ms: number) => Promise<void>;
  readonly shouldRetry?: (error: unknown) => boolean;
}

/** Calls a task until it succeeds, and answers what it answered. */
export async function retry<T>(
  task: (attempt: number) => T | Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { sleep = wait, shouldRetry = () => true } = options;
  const delays = planDelays(options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task(attempt);
    } catch (error) {
      const delay = delays[attempt - 1];
      if (delay === undefined || !shouldRetry(error)) throw error;
      await sleep(delay);
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
