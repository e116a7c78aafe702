/** Something that happened to a run. */
export interface FeedEvent {
  /** Only grows, over restarts of the server too. */
  readonly id: number;
  readonly name: string;
  readonly data: object;
}

/** What a follower sees first. */
export interface FeedStart {
  readonly events: readonly FeedEvent[];
  /** True where events after the one that was asked for are no longer kept. */
  readonly hasGap: boolean;
}

/** The newest events of one run, and those who follow them. */
export interface EventFeed {
  push(name: string, data: object): void;
  /** Events after `lastId`; all that are kept for null. */
  since(lastId: number | null): FeedStart;
  /** Calls the listener with each event to come and, at the end, with null; returns what ends it. */
  follow(listener: (event: FeedEvent | null) => void): () => void;
  /** No more events will come. Followers are told, once. */
  close(): void;
  readonly isClosed: boolean;
}

/** A feed whose first event gets the id `firstId`. */
export function createEventFeed(options: {
  readonly firstId: number;
  readonly capacity: number;
}): EventFeed {
  const kept: FeedEvent[] = [];
  const listeners = new Set<(event: FeedEvent | null) => void>();
  let nextId = options.firstId;
  let isClosed = false;
  const tell = (event: FeedEvent | null): void => {
    for (const listener of [...listeners]) listener(event);
  };
  return {
    push(name, data) {
      if (isClosed) return;
      const event = { id: nextId, name, data };
      nextId += 1;
      kept.push(event);
      if (kept.length > options.capacity) kept.shift();
      tell(event);
    },
    since(lastId) {
      const events = lastId === null ? [...kept] : kept.filter(({ id }) => id > lastId);
      const first = kept[0]?.id ?? nextId;
      // Of ids before ours the server that gave them may have had more than we know of.
      return { events, hasGap: lastId === null ? first > options.firstId : lastId < first - 1 };
    },
    follow(listener) {
      if (isClosed) {
        listener(null);
        return () => undefined;
      }
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      tell(null);
      listeners.clear();
    },
    get isClosed() {
      return isClosed;
    },
  };
}
