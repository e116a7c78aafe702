import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createEventFeed, type EventFeed } from "../../../src/server/event-feed.ts";
import { streamFeed } from "../../../src/server/event-stream.ts";
import { createFakeClock, type FakeClock } from "../../../src/testing/fake-clock.ts";

interface Stream {
  readonly feed: EventFeed;
  readonly clock: FakeClock;
  readonly client: Socket;
  /** What the client has read. */
  readonly text: () => string;
  /** True once the server has let the stream go. */
  readonly isOver: () => boolean;
}

async function aStream(lastId: number | null, fill: (feed: EventFeed) => void): Promise<Stream> {
  const feed = createEventFeed({ firstId: 1, capacity: 3 });
  fill(feed);
  const clock = createFakeClock();
  let isOver = false;
  let text = "";
  const server = createServer((_request, response) => {
    void streamFeed(clock, feed, response, lastId).then(() => (isOver = true));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.setEncoding("utf8").on("data", (part: string) => (text += part));
  client.on("error", () => undefined);
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  await expect.poll(() => text).toContain("text/event-stream");
  return { feed, clock, client, text: () => text, isOver: () => isOver };
}

describe("a stream of events", () => {
  test("says what was, what is missing, and what comes, and ends with the feed", async () => {
    const stream = await aStream(null, (feed) => {
      for (const name of ["a", "b", "c", "d"]) feed.push(name, { name });
    });
    await expect.poll(stream.text).toContain('id: 4\nevent: d\ndata: {"name":"d"}\n\n');
    expect(stream.text()).toContain("event: gap\n");
    expect(stream.text()).not.toContain("event: a\n");
    stream.feed.push("e", {});
    await expect.poll(stream.text).toContain("id: 5\nevent: e\n");
    stream.feed.close();
    await expect.poll(stream.isOver).toBe(true);
  });

  test("shows a sign of life every 15 s", async () => {
    const stream = await aStream(null, () => undefined);
    stream.clock.advance(14_999);
    stream.clock.advance(1);
    await expect.poll(stream.text).toContain(": still here\n");
  });

  test("lets go of a client that goes away", async () => {
    const stream = await aStream(null, () => undefined);
    stream.client.destroy();
    await expect.poll(stream.isOver).toBe(true);
  });

  test("cuts off a client that does not keep up, without waiting for it", async () => {
    const stream = await aStream(null, () => undefined);
    stream.client.pause();
    const data = { text: "x".repeat(100_000) };
    for (let count = 0; count < 500 && !stream.isOver(); count += 1) {
      stream.feed.push("big", data);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(stream.isOver).toBe(true);
  });
});
