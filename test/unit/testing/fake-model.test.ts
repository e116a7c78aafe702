import { expect, test } from "vitest";
import { z } from "zod";
import { createFakeModel } from "../../../src/testing/fake-model.ts";

const signal = new AbortController().signal;

test("answers from its script, holds the schema and remembers what it was asked", async () => {
  const model = createFakeModel((_, number) => ({ text: JSON.stringify({ count: number }) }));
  const answer = { name: "count", schema: z.object({ count: z.number() }) };
  const messages = [{ role: "user", text: "how many?" }] as const;

  const first = await model.generate({ role: "judge", messages, answer }, { signal });
  const second = await model.generate({ role: "judge", messages, answer, sample: 1 }, { signal });

  expect([first.object.count, second.object.count]).toEqual([1, 2]);
  expect(first.question).not.toBe(second.question);
  expect(model.requests).toHaveLength(2);
});

test("rejects with what its script throws", async () => {
  const model = createFakeModel(() => {
    throw new Error("no more");
  });

  const asked = model.generate({ role: "check", messages: [] }, { signal });

  await expect(asked).rejects.toThrow("no more");
});
