/** Bounds of a {@link RunQueue}. */
export interface QueueLimits {
  /** How many run at a time. */
  readonly concurrency: number;
  /** How many more may wait. */
  readonly waiting: number;
}

/** Which run is next: the oldest whose project has none running. Holds names only. */
export interface RunQueue {
  /** Takes a place for a run that is about to come; false when there is none. */
  reserve(): boolean;
  /** Gives such a place back. */
  cancelReservation(): void;
  /** Puts a run at the end, whatever the bounds: whoever asks first calls {@link reserve}. */
  add(id: string, project: string): void;
  /** The next run that may start, or null; it counts as running until {@link release}. */
  takeNext(): string | null;
  /** Takes a waiting run out; false when it does not wait. */
  remove(id: string): boolean;
  release(id: string): void;
  /** Counts from the next call on; what runs or waits already stays. */
  setLimits(limits: QueueLimits): void;
  readonly waiting: number;
  readonly running: number;
}

/** An empty queue. */
export function createRunQueue(first: QueueLimits): RunQueue {
  let limits = first;
  const waiting = new Map<string, string>();
  const running = new Map<string, string>();
  let reserved = 0;
  return {
    reserve() {
      if (waiting.size + running.size + reserved >= limits.concurrency + limits.waiting)
        return false;
      reserved += 1;
      return true;
    },
    cancelReservation() {
      reserved -= 1;
    },
    add(id, project) {
      waiting.set(id, project);
    },
    takeNext() {
      if (running.size >= limits.concurrency) return null;
      const busy = new Set(running.values());
      for (const [id, project] of waiting) {
        if (busy.has(project)) continue;
        waiting.delete(id);
        running.set(id, project);
        return id;
      }
      return null;
    },
    remove: (id) => waiting.delete(id),
    release(id) {
      running.delete(id);
    },
    setLimits(next) {
      limits = next;
    },
    get waiting() {
      return waiting.size;
    },
    get running() {
      return running.size;
    },
  };
}
