import { describe, expect, test } from "vitest";
import { createEventFeed, type FeedEvent } from "../../../src/server/event-feed.ts";

describe("the feed of a run", () => {
  test("gives ids that grow and goes on after the one that was seen last", () => {
    const feed = createEventFeed({ firstId: 11, capacity: 10 });
    for (const name of ["a", "b", "c"]) feed.push(name, {});
    expect(feed.since(null).events.map(({ id }) => id)).toEqual([11, 12, 13]);
    expect(feed.since(12)).toEqual({ events: [{ id: 13, name: "c", data: {} }], hasGap: false });
    expect(feed.since(13)).toEqual({ events: [], hasGap: false });
  });

  test("says where it no longer knows what was missed", () => {
    const feed = createEventFeed({ firstId: 1, capacity: 2 });
    for (const name of ["a", "b", "c", "d"]) feed.push(name, {});
    expect(feed.since(null)).toMatchObject({ hasGap: true });
    expect(feed.since(1)).toMatchObject({ hasGap: true });
    expect(feed.since(2)).toMatchObject({ hasGap: false });
    expect(feed.since(2).events.map(({ name }) => name)).toEqual(["c", "d"]);
  });

  test("tells followers what comes, and the end once", () => {
    const feed = createEventFeed({ firstId: 1, capacity: 2 });
    const seen: (FeedEvent | null)[] = [];
    const gone: (FeedEvent | null)[] = [];
    feed.follow((event) => seen.push(event));
    const unfollow = feed.follow((event) => gone.push(event));
    unfollow();
    feed.push("a", {});
    feed.close();
    feed.close();
    feed.push("late", {});
    expect(seen.map((event) => event?.name ?? null)).toEqual(["a", null]);
    expect(gone).toEqual([]);
    feed.follow((event) => gone.push(event));
    expect(gone).toEqual([null]);
  });
});
