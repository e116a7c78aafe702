import { isEnded, type Job, type JobRequest, type JobStatus } from "../contract/job.ts";
import type { Clock } from "../kernel/clock.ts";
import type { JobJournal } from "../ports/job-journal.ts";
import type { HandOver } from "../app/serve/hand-over.ts";
import type { Logger } from "../ports/telemetry.ts";
import type { RunProcesses } from "../ports/run-processes.ts";
import { createKeyReused, createNoSuchRun, createNotTaking, createRunsFull } from "./errors.ts";
import { createEventFeed, type EventFeed } from "./event-feed.ts";
import type { JobObserver } from "./job-observer.ts";
import { runJob } from "./job-runner.ts";
import { createRestarts } from "./restarts.ts";
import { createRunQueue, type QueueLimits, type RunQueue } from "./run-queue.ts";

export interface JobServiceDeps {
  readonly clock: Clock;
  readonly journal: JobJournal;
  readonly processes: RunProcesses;
  /** Hands the run of a job its configuration. */
  readonly handOver: HandOver;
  /** Levels that the logs of runs are to have now. */
  readonly logLevels: () => string;
  readonly log: Logger;
  readonly observer?: JobObserver;
}

/** Numbers that a server shows of itself. */
export interface JobCounts {
  readonly waiting: number;
  readonly running: number;
  /** Age of the run that waits longest, ms; 0 where none waits. */
  readonly oldestWaitingMs: number;
}

/**
 * `starting` → `taking` → `stopping`; `held` while something keeps it from taking and starting runs, `broken` where the
 * journal could not be written any more.
 */
export type ServiceState = "starting" | "taking" | "held" | "stopping" | "broken";

/** Ids of one life of the server: a restart begins at the next multiple. */
export const IDS_PER_EPOCH = 1_000_000;
const FEED_CAPACITY = 500;
/** How many runs that have ended keep their events; of others only the end is told. */
const KEPT_FEEDS = 100;
/** How many runs are known at a time; a run takes about a kilobyte. */
const MOST_JOBS = 10_000;

/** Runs that were handed to a server: kept before they are promised, done in order, never more than the bounds. */
export class JobService {
  readonly #deps: JobServiceDeps;
  readonly #queue: RunQueue;
  readonly #jobs = new Map<string, Job>();
  readonly #keys = new Map<string, { readonly request: string; readonly id: Promise<string> }>();
  readonly #feeds = new Map<string, EventFeed>();
  readonly #endedFeeds: string[] = [];
  readonly #stops = new Map<string, AbortController>();
  readonly #work = new Set<Promise<void>>();
  #nextNumber: number;
  #state: Exclude<ServiceState, "held"> = "starting";
  /** Who keeps it from taking and starting runs → why. */
  readonly #holds = new Map<string, string>();
  readonly #restarts = createRestarts();

  constructor(deps: JobServiceDeps, limits: QueueLimits) {
    this.#deps = deps;
    this.#queue = createRunQueue(limits);
    for (const job of deps.journal.found) this.#remember(job);
    this.#nextNumber = Number(deps.journal.found.at(-1)?.id.slice(1) ?? 0) + 1;
  }

  get state(): ServiceState {
    return this.#state === "taking" && this.#holds.size > 0 ? "held" : this.#state;
  }

  /** Takes and starts no more runs until `who` releases it; what runs goes on. */
  hold(who: string, why: string): void {
    this.#holds.set(who, why);
  }

  /** Takes back what `who` holds; the last one lets the work go on. */
  release(who: string): void {
    if (this.#holds.delete(who)) this.#startNext();
  }

  /** Ends the process of a run, which is taken up again at its last checkpoint. False where it has none. */
  restart(id: string, why: string): boolean {
    if (!this.#restarts.restart(id, why)) return false;
    this.#feeds.get(id)?.push("run-restart", { id, why });
    return true;
  }

  /** Runs that are being done. */
  running(): readonly Job[] {
    return [...this.#stops.keys()].map((id) => this.get(id));
  }

  /** Ends what a killed server left running, and takes up every run that has not ended. */
  async recover(): Promise<void> {
    for (const job of this.#deps.journal.found) {
      if (isEnded(job.status)) continue;
      await this.#takeUp(job);
    }
    if (this.#state !== "starting") return;
    this.#state = "taking";
    this.#startNext();
  }

  /**
   * Keeps a run and queues it. A key that came before gives the run that it gave then.
   * @throws NotTaking (RGS-5016), QueueFull (RGS-7503), KeyReused (RGS-5015)
   */
  async submit(request: JobRequest, key: string | null): Promise<Job> {
    const text = JSON.stringify(request);
    const before = key === null ? undefined : this.#keys.get(key);
    if (key !== null && before !== undefined) {
      if (before.request !== text) throw createKeyReused(key);
      return this.get(await before.id);
    }
    const id = this.#accept(request, key);
    if (key !== null) this.#keys.set(key, { request: text, id });
    try {
      return this.get(await id);
    } catch (failure) {
      if (key !== null) this.#keys.delete(key);
      throw failure;
    }
  }

  /** @throws RunNotFound (RGS-1010) */
  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw createNoSuchRun(id);
    return job;
  }

  /** Newest first, those after `before` in that order. */
  list(filter: {
    readonly project: string | null;
    readonly before: string | null;
    readonly limit: number;
  }): readonly Job[] {
    return [...this.#jobs.values()]
      .filter(({ request }) => filter.project === null || request.project === filter.project)
      .filter(({ id }) => filter.before === null || id < filter.before)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, filter.limit);
  }

  /** What `generate` printed for a run, or null. */
  answerOf(id: string): Promise<string | null> {
    return this.#deps.journal.getAnswer(this.get(id).id);
  }

  /** Asks a run to stop; one that has ended stays as it is. @throws RunNotFound (RGS-1010) */
  async cancel(id: string): Promise<Job> {
    const { status } = this.get(id);
    if (isEnded(status)) return this.get(id);
    if (this.#queue.remove(id)) {
      await this.#update(id, {
        status: "cancelled",
        isCancelAsked: true,
        endedAt: this.#now(),
      });
      this.#startNext();
    } else {
      await this.#update(id, { isCancelAsked: true });
      this.#stops.get(id)?.abort();
    }
    return this.get(id);
  }

  /** @throws RunNotFound (RGS-1010) */
  feedOf(id: string): EventFeed {
    return this.#feeds.get(id) ?? this.#openFeed(this.get(id));
  }

  /** More may run at once; what runs or waits beyond less is left to end. */
  setLimits(limits: QueueLimits): void {
    this.#queue.setLimits(limits);
    this.#startNext();
  }

  counts(): JobCounts {
    const waiting = [...this.#jobs.values()].find(({ status }) => status === "queued");
    return {
      waiting: this.#queue.waiting,
      running: this.#queue.running,
      oldestWaitingMs:
        waiting === undefined
          ? 0
          : Math.max(0, this.#deps.clock.now() - Date.parse(waiting.submittedAt)),
    };
  }

  /** Takes no more, asks what runs to stop where it can go on later, and waits for it. Idempotent. */
  async stop(): Promise<void> {
    this.#state = "stopping";
    for (const controller of this.#stops.values()) controller.abort();
    await Promise.all(this.#work);
    for (const feed of this.#feeds.values()) feed.close();
  }

  async #accept(request: JobRequest, key: string | null): Promise<string> {
    if (this.state !== "taking") {
      const why = [...this.#holds.values()].join("; ");
      throw createNotTaking(`the server is ${this.state}${why === "" ? "" : `: ${why}`}`);
    }
    const { waiting, running } = this.#queue;
    if (!this.#queue.reserve()) throw createRunsFull(waiting + running);
    const job: Job = {
      id: `r${String(this.#nextNumber).padStart(9, "0")}`,
      status: "queued",
      request,
      key,
      submittedAt: this.#now(),
      startedAt: null,
      endedAt: null,
      owner: null,
      runId: null,
      isCancelAsked: false,
      error: null,
    };
    this.#nextNumber += 1;
    try {
      await this.#deps.journal.put(job);
    } finally {
      this.#queue.cancelReservation();
    }
    this.#remember(job);
    this.#enqueue(job);
    this.#startNext();
    return job.id;
  }

  async #takeUp(job: Job): Promise<void> {
    const { owner } = job;
    let { runId } = job;
    if (owner !== null) {
      await this.#deps.processes.endOrphan(owner);
      // The server may have been killed before it could see which run this process worked on.
      const progress = await this.#deps.processes
        .readProgress(job.request.project, owner, runId)
        .catch(() => null);
      runId = progress?.runId ?? runId;
    }
    if (job.isCancelAsked) {
      await this.#update(job.id, {
        status: "cancelled",
        owner: null,
        runId,
        endedAt: this.#now(),
      });
    } else {
      await this.#update(job.id, { status: "queued", owner: null, runId });
      this.#enqueue(this.get(job.id));
    }
  }

  #remember(job: Job): void {
    this.#jobs.set(job.id, job);
    if (job.key === null) return;
    const entry = { request: JSON.stringify(job.request), id: Promise.resolve(job.id) };
    this.#keys.set(job.key, entry);
  }

  #enqueue(job: Job): void {
    this.#queue.add(job.id, job.request.project);
    this.feedOf(job.id);
  }

  #startNext(): void {
    while (this.state === "taking") {
      const id = this.#queue.takeNext();
      if (id === null) return;
      const controller = new AbortController();
      this.#stops.set(id, controller);
      this.#deps.observer?.begin(id);
      const work = this.#do(id, controller.signal).finally(() => {
        this.#stops.delete(id);
        this.#restarts.forget(id);
        this.#deps.observer?.end(id);
        this.#queue.release(id);
        this.#work.delete(work);
        this.#startNext();
      });
      this.#work.add(work);
    }
  }

  /** Never rejects: what breaks here is the journal, and then nothing more can be promised. */
  async #do(id: string, stop: AbortSignal): Promise<void> {
    try {
      await this.#update(id, {
        status: "running",
        startedAt: this.get(id).startedAt ?? this.#now(),
      });
      await runJob(this.#deps, {
        job: () => this.get(id),
        update: (change) => this.#update(id, change),
        feed: this.feedOf(id),
        stop,
        isSuspending: () => this.#state === "stopping",
        hold: (child) => {
          this.#restarts.hold(id, child);
        },
        onLoss: () => this.#restarts.onLoss(id),
      });
    } catch {
      if (this.#state !== "stopping") this.#state = "broken";
    }
  }

  async #update(id: string, change: Partial<Job>): Promise<void> {
    const before = this.get(id);
    const job = { ...before, ...change };
    // At once, so that of two changes at a time the later one holds both; the journal writes in order of the calls.
    this.#jobs.set(id, job);
    await this.#deps.journal.put(job);
    if (job.status !== before.status) this.#tell(job);
  }

  #tell(job: Job): void {
    this.#deps.log.debug(toEventName(job.status), toEventData(job));
    const feed = this.#feeds.get(job.id);
    // A new feed begins with where the run stands.
    if (feed === undefined) this.#openFeed(job);
    else feed.push(toEventName(job.status), toEventData(job));
    if (!isEnded(job.status)) return;
    this.#deps.observer?.ended(job);
    feed?.close();
    this.#endedFeeds.push(job.id);
    if (this.#endedFeeds.length > KEPT_FEEDS) this.#feeds.delete(this.#endedFeeds.shift() ?? "");
    this.#forgetOldest();
  }

  /** The journal forgets likewise, when it is opened. */
  #forgetOldest(): void {
    if (this.#jobs.size <= MOST_JOBS) return;
    const oldest = [...this.#jobs.values()].find(({ status }) => isEnded(status));
    if (oldest === undefined) return;
    this.#jobs.delete(oldest.id);
    if (oldest.key !== null) this.#keys.delete(oldest.key);
  }

  #openFeed(job: Job): EventFeed {
    const base = this.#deps.journal.epoch * IDS_PER_EPOCH;
    // The feed of a run that has ended tells the end alone: later than all that was told in this life.
    const firstId = isEnded(job.status) ? base + IDS_PER_EPOCH - 1 : base + 1;
    const feed = createEventFeed({ firstId, capacity: FEED_CAPACITY });
    feed.push(toEventName(job.status), toEventData(job));
    // A run that has ended needs no feed that is kept: the next who asks gets another.
    if (isEnded(job.status)) feed.close();
    else this.#feeds.set(job.id, feed);
    return feed;
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

function toEventName(status: JobStatus): string {
  if (status === "queued") return "run-queued";
  return status === "running" ? "run-start" : "run-end";
}

function toEventData({ id, status, runId, error }: Job): Readonly<Record<string, unknown>> {
  return { id, status, runId, error };
}
