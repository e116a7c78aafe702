import { describe, expect, test } from "vitest";
import type { FeedEvent } from "../../../src/server/event-feed.ts";
import { toCommandLine } from "../../../src/server/run-command.ts";
import { aJob, aRequest, aService, CANCELLED, SUCCEEDED, toFailure } from "./fakes.ts";

const until = (work: () => unknown): Promise<void> =>
  expect.poll(work, { timeout: 5_000, interval: 5 }).toBeTruthy();

describe("runs of a server", () => {
  test("are kept before they are promised, done, and ended with what they printed", async () => {
    const { service, journal, processes } = await aService();
    const job = await service.submit(aRequest(), null);
    expect(journal.written[0]).toMatchObject({ id: job.id, status: "queued" });
    await until(() => service.get(job.id).owner);
    expect(processes.started[0]).toMatchObject({ cwd: "/p" });
    processes.started[0]!.end({ stdout: SUCCEEDED });
    await until(() => service.get(job.id).endedAt);
    expect(service.get(job.id)).toMatchObject({ status: "succeeded", owner: null, error: null });
    expect(await service.answerOf(job.id)).toBe(SUCCEEDED);
    expect(journal.written.at(-1)).toEqual(service.get(job.id));
  });

  test("are refused beyond the bounds, and none that was accepted is lost", async () => {
    const { service, processes } = await aService({ concurrency: 1, waiting: 1 });
    const accepted = [await service.submit(aRequest("/a"), null)];
    accepted.push(await service.submit(aRequest("/b"), null));
    await expect(service.submit(aRequest("/c"), null)).rejects.toMatchObject({
      code: "RGS-7503",
      retryAfterMs: 5_000,
    });
    for (const [index, { id }] of accepted.entries()) {
      await until(() => processes.started[index]);
      processes.started[index]!.end({ stdout: SUCCEEDED });
      await until(() => service.get(id).status === "succeeded");
    }
    expect(service.counts()).toMatchObject({ waiting: 0, running: 0 });
  });

  test("come once for a key, also at the same moment, and never for another request", async () => {
    const { service } = await aService();
    const [first, second] = await Promise.all([
      service.submit(aRequest(), "k"),
      service.submit(aRequest(), "k"),
    ]);
    expect(second.id).toBe(first.id);
    expect((await service.submit(aRequest(), "k")).id).toBe(first.id);
    await expect(service.submit(aRequest("/other"), "k")).rejects.toMatchObject({
      code: "RGS-5015",
    });
    expect(service.list({ project: null, before: null, limit: 9 })).toHaveLength(1);
  });

  test("are refused where they cannot be kept, and their key and place stay free", async () => {
    const { service, journal } = await aService({ concurrency: 1, waiting: 0 });
    journal.isBroken = true;
    await expect(service.submit(aRequest(), "k")).rejects.toThrow("the disk is gone");
    journal.isBroken = false;
    await expect(service.submit(aRequest(), "k")).resolves.toMatchObject({ key: "k" });
  });

  test("say why they failed, also where the process left nothing", async () => {
    const { service, processes } = await aService();
    const [one, two] = [
      await service.submit(aRequest("/a"), null),
      await service.submit(aRequest("/b"), null),
    ];
    await until(() => processes.started.length === 2);
    processes.started[0]!.end({ exitCode: 2, stdout: toFailure("RGS-3001", "OutputBusy", "user") });
    processes.started[1]!.end({ exitCode: null, signal: "SIGKILL", stderrTail: "out of memory\n" });
    await until(() => service.get(one.id).endedAt !== null && service.get(two.id).endedAt !== null);
    expect(service.get(one.id)).toMatchObject({ status: "failed", error: { name: "OutputBusy" } });
    expect(service.get(two.id)).toMatchObject({
      status: "failed",
      error: { code: "RGS-5017", message: expect.stringContaining("out of memory") as string },
    });
  });
});

describe("cancelling", () => {
  test("takes a waiting run out and stops a running one", async () => {
    const { service, processes } = await aService({ concurrency: 1 });
    const running = await service.submit(aRequest("/a"), null);
    const waiting = await service.submit(aRequest("/b"), null);
    await until(() => service.get(running.id).owner);
    expect(await service.cancel(waiting.id)).toMatchObject({ status: "cancelled" });
    await service.cancel(running.id);
    await until(() => service.get(running.id).endedAt);
    expect(service.get(running.id)).toMatchObject({ status: "cancelled" });
    expect(processes.started.map(({ signals }) => signals[0])).toEqual(["SIGINT"]);
    expect(await service.cancel(running.id)).toMatchObject({ status: "cancelled" });
  });

  test("leaves a run that ends at the same moment as it ended", async () => {
    const { service, processes } = await aService();
    const { id } = await service.submit(aRequest(), null);
    await until(() => service.get(id).owner);
    processes.started[0]!.end({ stdout: SUCCEEDED });
    await service.cancel(id);
    await until(() => service.get(id).endedAt);
    expect(service.get(id).status).toBe("succeeded");
  });
});

describe("a restart", () => {
  test("queues what waited, resumes what ran, and ends what was to be cancelled", async () => {
    const { service, processes } = await aService({
      concurrency: 3,
      found: [
        aJob(1, { status: "succeeded" }),
        aJob(2, { status: "running", owner: "7:7", runId: "20260101-000000-bbbbbb" }),
        aJob(3, { status: "running", owner: "8:8", isCancelAsked: true }),
        aJob(4),
      ],
    });
    expect(processes.orphans).toEqual(["7:7", "8:8"]);
    await until(() => processes.started.length === 2);
    expect(processes.started.map(({ args }) => args[0])).toEqual(["resume", "generate"]);
    expect(processes.started[0]!.args.at(-1)).toBe("20260101-000000-bbbbbb");
    expect(service.get("r000000003").status).toBe("cancelled");
    expect((await service.submit(aRequest(), null)).id).toBe("r000000005");
  });

  test("generates anew where the run had not come far enough to be resumed", async () => {
    const found = [aJob(1, { status: "running", runId: "20260101-000000-bbbbbb" })];
    const { service, processes } = await aService({ found });
    await until(() => processes.started.length === 1);
    processes.started[0]!.end({ stdout: toFailure("RGS-1022", "NotResumable", "user") });
    await until(() => processes.started.length === 2);
    expect(processes.started[1]!.args[0]).toBe("generate");
    processes.started[1]!.end({ stdout: SUCCEEDED });
    await until(() => service.get("r000000001").status === "succeeded");
  });

  test("is prepared by a stop: what runs is interrupted and stays to be resumed", async () => {
    const { service, journal, processes } = await aService({ concurrency: 1 });
    const running = await service.submit(aRequest("/a"), null);
    const waiting = await service.submit(aRequest("/b"), null);
    await until(() => service.get(running.id).owner);
    await Promise.all([service.stop(), service.stop()]);
    expect(processes.started).toHaveLength(1);
    expect(service.get(running.id)).toMatchObject({ status: "running" });
    expect(service.get(waiting.id)).toMatchObject({ status: "queued" });
    expect(journal.written.some(({ endedAt }) => endedAt !== null)).toBe(false);
    await expect(service.submit(aRequest(), null)).rejects.toMatchObject({ code: "RGS-5016" });
  });

  test("keeps the end of a run that was done when the stop came", async () => {
    const { service, processes } = await aService();
    const { id } = await service.submit(aRequest(), null);
    await until(() => service.get(id).owner);
    processes.started[0]!.end({ stdout: SUCCEEDED });
    await service.stop();
    expect(service.get(id).status).toBe("succeeded");
  });
});

describe("following", () => {
  test("shows where the run stands, the records of its log, and the end", async () => {
    const { service, processes } = await aService();
    const { id } = await service.submit(aRequest(), null);
    const seen: FeedEvent[] = [...service.feedOf(id).since(null).events];
    service.feedOf(id).follow((event) => event !== null && seen.push(event));
    await until(() => service.get(id).owner);
    const record = { sequence: 1, epoch: 1, at: "", name: "run-start", data: {} };
    processes.runs.set(service.get(id).owner ?? "", {
      runId: "20260101-000000-aaaaaa",
      records: [record],
    });
    await until(() => service.get(id).runId);
    processes.started[0]!.end({ stdout: CANCELLED });
    await until(() => service.get(id).endedAt);
    await until(() => seen.length === 4);
    expect(seen.map(({ name }) => name)).toEqual([
      "run-queued",
      "run-start",
      "run-record",
      "run-end",
    ]);
    // Told again to who comes late.
    expect(service.feedOf(id).since(seen[2]!.id).events).toEqual([seen[3]]);
  });
});

describe("levels of the logs of runs", () => {
  test("reach runs that go on when they change, and a resumed run from its beginning", async () => {
    let wanted = "info";
    const found = [aJob(1, { status: "running", owner: "1:1", runId: "20260101-000000-bbbbbb" })];
    const { service, processes } = await aService({ found, logLevels: () => wanted });
    const { id } = await service.submit(aRequest(), null);
    await until(() => service.get(id).owner);
    const begin = (index: number, runId: string): void => {
      processes.runs.set(processes.started[index]!.owner, { runId, records: [] });
    };
    begin(0, "20260101-000000-bbbbbb");
    begin(1, "20260101-000000-aaaaaa");
    await until(() => service.get(id).runId);
    // Of an earlier life, other levels may lie in its folder; the new run was handed its own.
    await until(() => processes.levels.length === 1);
    expect(processes.levels).toEqual([["20260101-000000-bbbbbb", "info"]]);
    wanted = "warn,search=debug";
    await until(() => processes.levels.length === 3);
    expect(processes.levels.slice(1).toSorted()).toEqual([
      ["20260101-000000-aaaaaa", wanted],
      ["20260101-000000-bbbbbb", wanted],
    ]);
    for (const process of processes.started) process.end({ stdout: SUCCEEDED });
  });
});

describe("the command line of a run", () => {
  test("names every flag as the command does and keeps targets apart from flags", () => {
    const request = { project: "/p", targets: ["src/a.ts#f"], flags: { maxTime: "5s", seed: 2 } };
    expect(toCommandLine(aJob(1, { request }))).toEqual([
      "generate",
      "--json",
      "--quiet",
      "--cwd=/p",
      "--max-time=5s",
      "--seed=2",
      "--",
      "src/a.ts#f",
    ]);
  });
});

describe("what keeps a server from its work", () => {
  test("holds off submissions and what waits, not what runs, until all of it is taken back", async () => {
    const { service, processes } = await aService({ concurrency: 1 });
    const first = await service.submit(aRequest("/a"), "k");
    const second = await service.submit(aRequest("/b"), null);
    await until(() => service.get(first.id).owner);
    service.hold("disk-short", "the disk is short");
    service.hold("memory-short", "so is memory");
    expect(service.state).toBe("held");
    await expect(service.submit(aRequest("/c"), null)).rejects.toMatchObject({
      code: "RGS-5016",
      message: "the server is held: the disk is short; so is memory",
      retryAfterMs: 5_000,
    });
    expect((await service.submit(aRequest("/a"), "k")).id).toBe(first.id);
    processes.started[0]!.end({ stdout: SUCCEEDED });
    await until(() => service.get(first.id).status === "succeeded");
    service.release("disk-short");
    service.release("disk-short");
    expect(processes.started).toHaveLength(1);
    expect(service.get(second.id).status).toBe("queued");
    service.release("memory-short");
    await until(() => processes.started.length === 2);
    expect(service.state).toBe("taking");
  });
});

describe("a run that is restarted", () => {
  /** Twice at a time is once. */
  const restart = (
    service: Awaited<ReturnType<typeof aService>>["service"],
    id: string,
  ): Promise<void> =>
    until(() => service.restart(id, "it is silent") && !service.restart(id, "it is silent"));

  test("goes on at its last checkpoint in another process, and tells so", async () => {
    const { service, processes } = await aService();
    const { id } = await service.submit(aRequest(), null);
    const names: string[] = [];
    service.feedOf(id).follow((event) => names.push(event?.name ?? "end"));
    await until(() => service.get(id).owner);
    processes.runs.set(service.get(id).owner!, { runId: "20260101-000000-cccccc", records: [] });
    await until(() => service.get(id).runId);
    await restart(service, id);
    await until(() => processes.started.length === 2);
    expect(processes.started[0]!.signals[0]).toBe("SIGKILL");
    expect(processes.started[1]!.args[0]).toBe("resume");
    processes.started[1]!.end({ stdout: SUCCEEDED });
    await until(() => service.get(id).endedAt);
    expect(service.get(id)).toMatchObject({ status: "succeeded", error: null });
    expect(names.filter((name) => name === "run-restart")).toHaveLength(1);
  });

  test("is given up after the second time, and says why", async () => {
    const { service, processes } = await aService();
    const { id } = await service.submit(aRequest(), null);
    for (let time = 1; time <= 3; time += 1) {
      await until(() => processes.started.length === time);
      await restart(service, id);
    }
    await until(() => service.get(id).endedAt);
    expect(processes.started).toHaveLength(3);
    expect(service.get(id)).toMatchObject({
      status: "failed",
      error: { code: "RGS-5017", message: expect.stringContaining("it is silent") as string },
    });
    expect(service.restart(id, "it has ended")).toBe(false);
  });

  test("is not taken up again where its user cancels it meanwhile", async () => {
    const { service, processes } = await aService();
    const { id } = await service.submit(aRequest(), null);
    await until(() => service.get(id).owner);
    service.restart(id, "it is silent");
    await service.cancel(id);
    await until(() => service.get(id).endedAt);
    expect(service.get(id).status).toBe("cancelled");
    expect(processes.started).toHaveLength(1);
  });
});
