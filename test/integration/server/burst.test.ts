import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { toChildEnvironment } from "../../../src/config/environment.ts";
import { createRunProcesses } from "../../../src/adapters/runs/run-processes.ts";
import { openJobJournal } from "../../../src/app/serve/job-journal.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { JobService } from "../../../src/server/job-service.ts";
import { handOver, SILENT, SUCCEEDED } from "../../unit/server/fakes.ts";

const clock = createSystemClock();

test("ten at a time and a hundred that wait: one more is refused, and none of the others is lost", async () => {
  const folder = await mkdtemp(join(tmpdir(), "regoose-burst-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const binPath = join(folder, "bin.mjs");
  await writeFile(binPath, `console.log(${JSON.stringify(SUCCEEDED)});`);
  const processes = createRunProcesses({ clock }, { binPath, toEnvironment: toChildEnvironment });
  const journal = await openJobJournal({ clock }, join(folder, "state"));
  const limits = { concurrency: 10, waiting: 100 };
  const service = new JobService(
    { clock, journal, processes, handOver, logLevels: () => "", log: SILENT },
    limits,
  );
  await service.recover();
  const projects = await Promise.all(
    Array.from({ length: 100 }, () => mkdtemp(join(folder, "project-"))),
  );
  let mostRunning = 0;
  const watch = setInterval(() => {
    mostRunning = Math.max(mostRunning, service.counts().running);
  }, 1);
  onTestFinished(() => {
    clearInterval(watch);
  });
  const submitted = await Promise.allSettled(
    Array.from({ length: 120 }, (_, index) =>
      // Some projects come more than once, and wait for themselves.
      service.submit({ project: projects[index % 100] ?? "", targets: [], flags: {} }, null),
    ),
  );
  const accepted = submitted.filter(({ status }) => status === "fulfilled").length;
  expect(accepted).toBe(110);
  const countDone = (): number =>
    service
      .list({ project: null, before: null, limit: 200 })
      .filter(({ status }) => status === "succeeded").length;
  await expect.poll(countDone, { timeout: 60_000 }).toBe(accepted);
  expect(mostRunning).toBeLessThanOrEqual(10);
  expect(service.counts()).toMatchObject({ waiting: 0, running: 0 });
  await service.stop();
  await journal[Symbol.asyncDispose]();
  await using again = await openJobJournal({ clock }, join(folder, "state"));
  expect(again.found.map(({ status }) => status)).toEqual(Array(110).fill("succeeded"));
}, 90_000);
