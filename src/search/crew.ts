import type { TestProgram } from "../contract/program.ts";
import { toSentence } from "../contract/to-sentence.ts";
import type { Clock, Deadline } from "../kernel/clock.ts";
import { supervise, type ChildEnd } from "../kernel/supervise.ts";
import { toCalleeKey, toCallKey, toKindsKey } from "./engine/program-tools.ts";
import type { JobEnd } from "./job-process.ts";
import { isTaped, type JobTape } from "./job-tape.ts";
import { runObservedJob } from "./observed-job.ts";
import { EMPTY_MEMORY, type CrewMemory } from "./saved/crew-memory.ts";
import type { Sandbox, SandboxIdentity } from "../ports/sandbox.ts";
import { NO_TELEMETRY, type Telemetry } from "../ports/telemetry.ts";
import type { Job, JobBase, JobLimit, WorkerMessage } from "./protocol.ts";
import type { BuildName, Workspace } from "./workspace.ts";

/** What all jobs of a search share and what they learned together. */
export interface Crew {
  /** Calls that never run again. */
  readonly blacklist: ReadonlySet<string>;
  /** Modules that do not load → why. */
  readonly loadFailures: ReadonlyMap<string, string>;
  /** Sentences on functions that were given up. */
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
  /** Adds a sentence to the notes, while there is room. */
  note(text: string): void;
  executions(): number;
  /** False once a process had to be killed or crashed, or the clock cut a program. */
  isReproducible(): boolean;
  /** What is to be known to a search that goes on from here. */
  memory(): CrewMemory;
  /**
   * Runs a job, again after each loss, until it is done, its limit is used up, or more restarts would be needed
   * than are borne (`kernel/supervise.ts`), which degrades the search. `create` is asked for the job each time, with
   * what is left of its limit; null ends it.
   */
  run(order: JobOrder): Promise<{ readonly isSaturated: boolean }>;
  /**
   * Runs a job once on the sources as they are, to see whether it ends. Killed once it says nothing for
   * `silenceMs` after it is ready; calls that hung before run all the same.
   */
  probe(order: ProbeOrder): Promise<JobEnd>;
}

export interface ProbeOrder {
  readonly silenceMs: number;
  readonly create: (base: OrderBase) => Job;
  readonly onMessage: (message: WorkerMessage) => void;
}

export interface JobOrder {
  readonly build: BuildName;
  readonly limit: JobLimit;
  /** `losses`: how many processes of this order were lost so far. */
  readonly create: (base: OrderBase, losses: number) => Job | null;
  readonly onMessage: (message: WorkerMessage) => void;
  readonly timeZone?: string;
  readonly identity?: SandboxIdentity;
}

/** What the crew fills in for the job. */
export type OrderBase = Pick<
  JobBase,
  "workRoot" | "limit" | "blacklist" | "journal" | "transpiled"
> & {
  /** Modules known not to load, to be left out. */
  readonly skipped: ReadonlySet<string>;
};

export interface CrewDeps {
  readonly workspace: Workspace;
  readonly clock: Clock;
  /** Everything ends here, whatever its limit says. */
  readonly deadline: Deadline;
  /** Told of each program that did not seem to end, on a build without mutants or with none active. */
  readonly onEndless: (program: TestProgram) => void;
  /** What the jobs of this search said before it was interrupted. @defaultValue none */
  readonly tape?: JobTape | undefined;
  /** What was learnt before it was interrupted. @defaultValue nothing */
  readonly memory?: CrewMemory | undefined;
  /** Told after each message of a process, when it has been taken in. @defaultValue nobody */
  readonly onHeard?: (() => void) | undefined;
  /** @defaultValue none */
  readonly telemetry?: Telemetry | undefined;
}

const MAX_NOTES = 20;
/** After so many losses a callee is left out for arguments of these kinds, or whatever its arguments. */
const HANGS_PER_KINDS = 3;
const HANGS_PER_CALLEE = 7;
/** Killing for the sake of a limit comes this much after it, ms. */
const OVERTIME_MS = 10_000;
/** Far above what a probe may take to load the target: silence ends it before, ms. */
const PROBE_TIMEOUT_MS = 40_000;
const UNCOUNTED = 1_000_000_000;

const UNSATURATED = { kind: "done", value: false } as const;

/** Creates the crew of one search. */
export function createCrew(deps: CrewDeps, options: { readonly signal: AbortSignal }): Crew {
  return new ProcessCrew(deps, options.signal);
}

function addLine(lines: string[], text: string): void {
  const line = (text.split("\n")[0] ?? "").slice(0, 300);
  if (lines.length < MAX_NOTES && !lines.includes(line)) lines.push(line);
}

class ProcessCrew implements Crew {
  readonly blacklist: Set<string>;
  readonly loadFailures: Map<string, string>;
  readonly degradations: string[];
  readonly notes: string[];
  /** Calls that hung on the mutant build, where a mutant may have been to blame. */
  readonly #mutantBlacklist: Set<string>;
  readonly #deps: CrewDeps;
  readonly #telemetry: Telemetry;
  readonly #signal: AbortSignal;
  readonly #hangs: Map<string, number>;
  #executions = 0;
  #losses = 0;
  #cuts = 0;

  constructor(deps: CrewDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#telemetry = deps.telemetry ?? NO_TELEMETRY;
    this.#signal = signal;
    const known = deps.memory ?? EMPTY_MEMORY;
    this.blacklist = new Set(known.blacklist);
    this.loadFailures = new Map(Object.entries(known.loadFailures));
    this.degradations = [...known.degradations];
    this.notes = [...known.notes];
    this.#mutantBlacklist = new Set(known.mutantBlacklist);
    this.#hangs = new Map(Object.entries(known.hangs));
  }

  memory(): CrewMemory {
    return {
      blacklist: [...this.blacklist],
      mutantBlacklist: [...this.#mutantBlacklist],
      hangs: Object.fromEntries(this.#hangs),
      loadFailures: Object.fromEntries(this.loadFailures),
      degradations: this.degradations,
      notes: this.notes,
    };
  }

  note(text: string): void {
    addLine(this.notes, text);
  }

  executions(): number {
    return this.#executions;
  }

  isReproducible(): boolean {
    return this.#losses === 0 && this.#cuts === 0;
  }

  async run(order: JobOrder): Promise<{ readonly isSaturated: boolean }> {
    const { clock, deadline, workspace } = this.#deps;
    const started = clock.monotonic();
    let used = 0;
    let journal: "thread" | "stdout" = "thread";
    const outcome = await supervise(this.#deps, async (losses): Promise<ChildEnd<boolean>> => {
      this.#signal.throwIfAborted();
      const limit = toRest(order.limit, used, clock.monotonic() - started, deadline);
      if (limit === null) return UNSATURATED;
      const sandbox = await workspace.open(order.build);
      const base: OrderBase = {
        workRoot: sandbox.pathOf("work"),
        transpiled: workspace.listTranspiled(order.build),
        limit,
        blacklist: [...this.blacklist, ...(order.build === "mutants" ? this.#mutantBlacklist : [])],
        journal,
        skipped: new Set(this.loadFailures.keys()),
      };
      const job = order.create(base, losses);
      if (job === null) return UNSATURATED;
      const end = await this.#runOnce(order, job, sandbox);
      this.#executions += end.executions;
      used += end.executions;
      if (end.kind === "done" && !end.needsRestart) return { kind: "done", value: end.isSaturated };
      // Nothing was named: from now on each program is named before it runs.
      if (end.kind === "lost" && !isNamed(end)) journal = "stdout";
      return toLoss(end);
    });
    if (outcome.kind === "degraded") {
      addLine(this.degradations, toSentence("process-given-up", { why: outcome.reason }));
    }
    return { isSaturated: outcome.kind === "done" && outcome.value };
  }

  async probe(order: ProbeOrder): Promise<JobEnd> {
    const { clock, workspace } = this.#deps;
    const sandbox = await workspace.open("plain");
    const job = order.create({
      workRoot: sandbox.pathOf("work"),
      transpiled: workspace.listTranspiled("plain"),
      limit: { kind: "executions", count: UNCOUNTED },
      blacklist: [],
      journal: "thread",
      skipped: new Set(this.loadFailures.keys()),
    });
    const host = { sandbox, clock, entry: workspace.entryIn(sandbox) };
    const end = await runObservedJob(this.#telemetry, host, job, {
      build: "plain",
      signal: this.#signal,
      timeoutMs: order.silenceMs + PROBE_TIMEOUT_MS,
      timeZone: "UTC",
      silenceMs: order.silenceMs,
      onMessage: (message) => {
        order.onMessage(message);
        this.#deps.onHeard?.();
      },
    });
    this.#executions += end.executions;
    // What the clock decides may be decided otherwise next time.
    if (end.kind === "lost") this.#losses += 1;
    return end;
  }

  async #runOnce(order: JobOrder, job: Job, sandbox: Sandbox): Promise<JobEnd> {
    const { clock, deadline, workspace, tape } = this.#deps;
    const name = tape?.nameNext(job) ?? "";
    const known = tape?.find(name, job) ?? null;
    if (known !== null) {
      for (const message of known.messages) this.#take(order, message);
      return known.end;
    }
    const messages: WorkerMessage[] = [];
    const host = { sandbox, clock, entry: workspace.entryIn(sandbox) };
    const end = await runObservedJob(this.#telemetry, host, job, {
      build: order.build,
      signal: this.#signal,
      timeoutMs: toTimeout(job.limit, deadline),
      timeZone: order.timeZone ?? "UTC",
      identity: order.identity ?? "first",
      onMessage: (message) => {
        if (tape !== undefined && isTaped(message)) messages.push(message);
        this.#take(order, message);
      },
    });
    if (end.kind === "lost") {
      tape?.stop();
      this.#noteLoss(order.build, end);
    } else await tape?.add(name, job, { messages, end });
    return end;
  }

  #take(order: JobOrder, message: WorkerMessage): void {
    if (message.kind === "load-end" && message.failure !== null) {
      this.loadFailures.set(message.file, message.failure);
    }
    if (message.kind === "dry") this.#deps.onEndless(message.program);
    if (message.kind === "cut") this.#noteCut(message.program, message.isMutated);
    order.onMessage(message);
    this.#deps.onHeard?.();
  }

  #noteCut(program: TestProgram, isMutated: boolean): void {
    this.#cuts += 1;
    const last = program.statements.at(-1);
    if (last === undefined || isMutated) return;
    this.#deps.onEndless(program);
    const kinds = toKindsKey(program, last);
    if (this.#countHang(kinds) >= HANGS_PER_KINDS) this.blacklist.add(kinds);
  }

  #noteLoss(
    build: BuildName,
    { journal, loading, detail, isSilent }: Extract<JobEnd, { kind: "lost" }>,
  ): void {
    this.#losses += 1;
    this.note(`a search process was lost: ${detail}`);
    if (loading !== null) {
      this.loadFailures.set(loading, `importing it did not end well: ${detail}`);
      return;
    }
    const last = journal?.statements.at(-1);
    if (journal === null || last === undefined) return;
    // The last call is the likeliest: what came before it usually ran in an earlier program.
    if (build === "mutants") {
      this.#mutantBlacklist.add(toCallKey(journal, last));
      return;
    }
    if (isSilent) this.#deps.onEndless(journal);
    this.blacklist.add(toCallKey(journal, last));
    const kinds = toKindsKey(journal, last);
    if (this.#countHang(kinds) === HANGS_PER_KINDS) this.blacklist.add(kinds);
    const callee = toCalleeKey(journal, last);
    if (this.#countHang(callee) !== HANGS_PER_CALLEE) return;
    this.blacklist.add(callee);
    addLine(this.degradations, toSentence("callee-left-out", { callee, times: HANGS_PER_CALLEE }));
  }

  #countHang(key: string): number {
    const count = (this.#hangs.get(key) ?? 0) + 1;
    this.#hangs.set(key, count);
    return count;
  }
}

/** What ended a process stands on a list now and is left out; what asked for a fresh one has had its way. */
function toLoss(end: JobEnd): ChildEnd<boolean> {
  if (end.kind === "done") {
    return { kind: "lost", reason: "it wanted a fresh process", isCauseRemoved: true };
  }
  return { kind: "lost", reason: end.detail, isCauseRemoved: isNamed(end) };
}

function isNamed({ journal, loading }: Extract<JobEnd, { kind: "lost" }>): boolean {
  return loading !== null || (journal?.statements.length ?? 0) > 0;
}

function toRest(
  limit: JobLimit,
  used: number,
  elapsedMs: number,
  deadline: Deadline,
): JobLimit | null {
  if (limit.kind === "executions") {
    const count = limit.count - used;
    return count > 0 && !deadline.isOver() ? { kind: "executions", count } : null;
  }
  const durationMs = Math.min(limit.durationMs - elapsedMs, deadline.remainingMs());
  return durationMs > 100 ? { kind: "time", durationMs } : null;
}

function toTimeout(limit: JobLimit, deadline: Deadline): number {
  const rest = Math.min(deadline.remainingMs(), 3_600_000);
  const wanted = limit.kind === "time" ? Math.min(limit.durationMs, rest) : rest;
  return Math.ceil(wanted + OVERTIME_MS + 15_000 * (limit.kind === "time" ? 0 : 1));
}
