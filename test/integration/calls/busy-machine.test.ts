import { expect, test } from "vitest";
import { runWithoutDescriptors } from "./busy-machine.ts";

test("a sandboxed command outlasts a moment without file descriptors", async () => {
  const { end, events, snapshot } = await runWithoutDescriptors("recover");
  expect(end).toEqual({ kind: "exited", code: 0 });
  expect(events.map(({ name }) => name)).toEqual(["call-retry"]);
  expect(events[0]?.data.message).toMatch(/too busy|EMFILE/u);
  expect(snapshot).toMatchObject({ retries: 1, failures: 0, running: 0, breaker: "closed" });
});
