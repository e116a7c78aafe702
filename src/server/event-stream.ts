import type { ServerResponse } from "node:http";

import type { Clock } from "../kernel/clock.ts";
import type { EventFeed, FeedEvent } from "./event-feed.ts";

/** Proxies and clients give up on a line that says nothing for long, ms. */
const HEARTBEAT_MS = 15_000;
/** A client that lets this much pile up is too slow: it comes back with Last-Event-ID, bytes. */
const MOST_BUFFERED_BYTES = 256 * 1024;

/**
 * Sends a feed as server-sent events (WHATWG HTML, section 9.2) until it ends, the client goes, or does not keep up.
 * Never waits for the client.
 */
export async function streamFeed(
  clock: Clock,
  feed: EventFeed,
  response: ServerResponse,
  lastId: number | null,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  // A client that has seen all there is shall know at once that it is connected.
  response.flushHeaders();
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  response.on("close", end).on("error", end);
  const send = (text: string): void => {
    if (over.signal.aborted) return;
    response.write(text);
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
  };
  const { events, hasGap } = feed.since(lastId);
  // No id: where the client comes back, it asks for the same again.
  if (hasGap) send("event: gap\ndata: {}\n\n");
  for (const event of events) send(toFrame(event));
  const unfollow = feed.follow((event) => {
    if (event === null) end();
    else send(toFrame(event));
  });
  while (!over.signal.aborted) {
    await clock.sleep(HEARTBEAT_MS, over.signal).then(
      () => {
        send(": still here\n\n");
      },
      () => undefined,
    );
  }
  unfollow();
  response.end();
}

/** JSON holds no line break, so one data line is all. */
function toFrame({ id, name, data }: FeedEvent): string {
  return `id: ${String(id)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
