import { expect, test } from "vitest";
import { inspect } from "../../../src/app/doctor.ts";
import { openOutsideCalls } from "../../../src/app/outside-calls.ts";
import { createDeadline, createSystemClock } from "../../../src/kernel/clock.ts";

test("doctor tells of calls of this process that did not simply work, and of no others", async () => {
  const clock = createSystemClock();
  const options = { signal: new AbortController().signal, deadline: createDeadline(clock, 5_000) };
  const busy = Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" });
  const calls = openOutsideCalls(clock);
  expect(openOutsideCalls(clock)).toBe(calls);
  await calls.to("project files").run(() => Promise.resolve(), options);
  const names = async (): Promise<readonly string[]> =>
    (await inspect({ clock }, import.meta.dirname, { online: false, signal: options.signal })).map(
      ({ name }) => name,
    );
  expect((await names()).filter((name) => name.startsWith("calls"))).toEqual([]);

  for (let count = 0; count < 12; count += 1) {
    await calls
      .to("sandbox")
      .run(() => Promise.reject(busy), { ...options, deadline: createDeadline(clock, 5) })
      .catch(() => undefined);
  }
  const checks = await inspect({ clock }, import.meta.dirname, {
    online: false,
    signal: options.signal,
  });
  expect(checks.find(({ name }) => name === "calls (sandbox)")).toMatchObject({
    status: "warning",
    detail: expect.stringMatching(
      /^breaker open; 12 calls, \d+ retries, 12 failed; last: /u,
    ) as string,
  });
});
