import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import {
  isTaped,
  openJobTape,
  SEARCH_TAPE_FILE,
  type TapedJob,
} from "../../../src/search/job-tape.ts";
import type { Job } from "../../../src/search/protocol.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "regoose-tape-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const JOB = { kind: "coverage", seed: "1/coverage/0/0", workRoot: "/a" } as unknown as Job;
const SAID: TapedJob = {
  messages: [{ kind: "note", text: "found" }],
  end: { kind: "done", executions: 7, isSaturated: false, needsRestart: false },
};
const tapePath = (): string => join(folder, SEARCH_TAPE_FILE);

test("a job that was done says the same again, wherever its sandbox lies now", async () => {
  const tape = await openJobTape(folder, "key");
  await tape.add(tape.nameNext(JOB), JOB, SAID);
  const again = await openJobTape(folder, "key");
  const elsewhere = { ...JOB, workRoot: "/b" };
  expect(again.find(again.nameNext(elsewhere), elsewhere)).toEqual(SAID);
  // The second job of this seed was not done.
  expect(again.find(again.nameNext(JOB), JOB)).toBeNull();
});

test("another job, other sources or another seed have nothing on it", async () => {
  const tape = await openJobTape(folder, "key");
  await tape.add(tape.nameNext(JOB), JOB, SAID);
  const again = await openJobTape(folder, "key");
  const other = { ...JOB, fuel: 3 };
  expect(again.find(again.nameNext(other), other)).toBeNull();
  const foreign = await openJobTape(folder, "other key");
  expect(foreign.find(foreign.nameNext(JOB), JOB)).toBeNull();
});

test("a line that was being written is cut off, and the next one is whole", async () => {
  const tape = await openJobTape(folder, "key");
  await tape.add("first", JOB, SAID);
  await appendFile(tapePath(), '{"search":"key","name":"sec');
  const again = await openJobTape(folder, "key");
  await again.add("second", JOB, SAID);
  const third = await openJobTape(folder, "key");
  expect(third.find("first", JOB)).toEqual(SAID);
  expect(third.find("second", JOB)).toEqual(SAID);
});

test("damaged lines and lines of any other form are passed over", async () => {
  const tape = await openJobTape(folder, "key");
  await appendFile(tapePath(), "{}\nnot json\n\n");
  await tape.add("first", JOB, SAID);
  expect((await openJobTape(folder, "key")).find("first", JOB)).toEqual(SAID);
});

test("nothing is kept or heard once the search hangs on more than its seed", async () => {
  const tape = await openJobTape(folder, "key");
  await tape.add("first", JOB, SAID);
  const again = await openJobTape(folder, "key");
  again.stop();
  await again.add("second", JOB, SAID);
  expect(again.find("first", JOB)).toBeNull();
  expect((await readFile(tapePath(), "utf8")).trim().split("\n")).toHaveLength(1);
});

test("a tape that can not be written is no end of the search", async () => {
  const tape = await openJobTape(folder, "key");
  await rm(folder, { recursive: true });
  await expect(tape.add("first", JOB, SAID)).resolves.toBeUndefined();
});

test("keeps what the search builds on, not signs of life", () => {
  expect(isTaped({ kind: "beat", executions: 3 })).toBe(false);
  expect(isTaped({ kind: "ready" })).toBe(false);
  expect(isTaped({ kind: "note", text: "" })).toBe(true);
});
