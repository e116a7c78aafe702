import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRunLogFiles } from "../../../../src/adapters/store/run-log-files.ts";
import { openJobJournal } from "../../../../src/app/serve/job-journal.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { aJob } from "../../server/fakes.ts";

const deps = { clock: createSystemClock() };

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-journal-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "state");
}

describe("the journal of a server", () => {
  test("gives back the last state of each run, in order, under a later epoch", async () => {
    const folder = await aFolder();
    const first = await openJobJournal(deps, folder);
    await Promise.all([
      first.put(aJob(2)),
      first.put(aJob(1)),
      first.put(aJob(2, { status: "running", owner: "1:1" })),
    ]);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await using second = await openJobJournal(deps, folder);
    expect(second.found).toEqual([aJob(1), aJob(2, { status: "running", owner: "1:1" })]);
    expect(second.epoch).toBeGreaterThan(first.epoch);
  });

  test("is open in one place at a time", async () => {
    const folder = await aFolder();
    const journal = await openJobJournal(deps, folder);
    await expect(openJobJournal(deps, folder)).rejects.toMatchObject({ code: "RGS-5003" });
    await journal[Symbol.asyncDispose]();
  });

  test("survives a torn last line and forgets what ended long ago, with its answer", async () => {
    const folder = await aFolder();
    const first = await openJobJournal(deps, folder);
    for (const number of [1, 2, 3]) {
      await first.put(aJob(number, { status: "succeeded" }));
      await first.putAnswer(aJob(number).id, String(number));
    }
    await first.put(aJob(4));
    await first[Symbol.asyncDispose]();
    await appendFile(join(folder, "jobs-000001", "events.ndjson"), '{"v":2,"sequ');
    await using second = await openJobJournal(deps, folder, { keptEnded: 1 });
    expect(second.found.map(({ id }) => id)).toEqual(["r000000003", "r000000004"]);
    expect(await second.getAnswer("r000000003")).toBe("3");
    expect(await second.getAnswer("r000000001")).toBeNull();
    expect((await readdir(folder)).filter((name) => name.startsWith("jobs-"))).toEqual([
      "jobs-000002",
    ]);
  });

  test("holds on to the old volume while the new one is not whole", async () => {
    const folder = await aFolder();
    const first = await openJobJournal(deps, folder);
    await first.put(aJob(1));
    await first[Symbol.asyncDispose]();
    const log = createRunLogFiles(deps, folder);
    // As a server leaves it that is killed while it begins a volume.
    await log.release("jobs-000002", await log.claim("jobs-000002"));
    await using second = await openJobJournal(deps, folder);
    expect(second.found).toEqual([aJob(1)]);
  });
});
