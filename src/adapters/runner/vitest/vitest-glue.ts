import type { HarnessConfig } from "../../../contract/harness.ts";
import { takePrivateNode, type PrivateNode } from "../harness/private-node.ts";
import { toSeededOrder } from "../harness/seeded-order.ts";
import { createSession, toProjectPath, type Session, type TestRef } from "../harness/session.ts";

/** The parts of Vitest's tasks that are used; they have been the same since Vitest 1. */
export interface VitestTask {
  readonly type: string;
  readonly name: string;
  mode: string;
  readonly suite?: VitestTask | undefined;
  readonly file: { readonly filepath: string };
  tasks?: VitestTask[];
  concurrent?: boolean;
  repeats?: number;
  retry?: unknown;
  readonly result?: { readonly state: string; readonly errors?: readonly unknown[] } | undefined;
}

type Files = readonly (VitestTask & { readonly filepath: string })[];

interface VitestRunner {
  onCollected?(files: Files): unknown;
  onBeforeTryTask?(test: VitestTask, attempt: { readonly repeats: number }): unknown;
  onAfterRunTask?(test: VitestTask): unknown;
  onAfterRunFiles?(files: Files): unknown;
  runTask?(test: VitestTask): unknown;
}

type RunnerClass = new (config: unknown) => VitestRunner;

/**
 * Extends Vitest's own runner, in the worker that runs a test file. Vitest offers no way to add tests
 * to a collected file, so the clones of a test are its repeats, each with all hooks, and the errors
 * that Vitest recorded for a repeat are the result of its clone.
 */
export function createVitestRunner(
  config: HarnessConfig,
  Base: RunnerClass,
  getTestFunction: (test: VitestTask) => () => unknown,
): RunnerClass {
  const node = takePrivateNode();
  return class extends Base {
    readonly #observer = new TaskObserver(node, config);

    override async onCollected(files: Files): Promise<void> {
      for (const file of files) this.#observer.shape(file, "");
      await super.onCollected?.(files);
    }

    override async onBeforeTryTask(
      test: VitestTask,
      attempt: { readonly repeats: number },
    ): Promise<void> {
      this.#observer.begin(test, attempt.repeats);
      await super.onBeforeTryTask?.(test, attempt);
    }

    override runTask(test: VitestTask): unknown {
      return this.#observer.run(test, getTestFunction(test));
    }

    override async onAfterRunTask(test: VitestTask): Promise<void> {
      await super.onAfterRunTask?.(test);
      this.#observer.end(test);
    }

    override async onAfterRunFiles(files: Files): Promise<void> {
      await super.onAfterRunFiles?.(files);
      for (const file of files) this.#observer.reportSkipped(file);
      this.#observer.finish();
    }
  };
}

class TaskObserver {
  readonly #node: PrivateNode;
  readonly #session: Session;
  /** Titles of the clones of a test, one a repeat. */
  readonly #titles = new WeakMap<VitestTask, readonly string[]>();
  readonly #reported = new WeakSet<VitestTask>();
  #current: { readonly test: TestRef; readonly errors: number; readonly startedAt: number } | null =
    null;

  constructor(node: PrivateNode, config: HarnessConfig) {
    this.#node = node;
    this.#session = createSession(node, config, globalThis);
  }

  shape(task: VitestTask, path: string): void {
    const { shuffleSeed, mode } = this.#session.config;
    if (mode !== "plain") task.concurrent = false;
    if (task.tasks === undefined) {
      if (mode === "mutants") this.#repeat(task);
      return;
    }
    if (shuffleSeed !== null) task.tasks = toSeededOrder(task.tasks, shuffleSeed, path);
    for (const child of task.tasks) this.shape(child, `${path} > ${task.name}`);
  }

  #repeat(test: VitestTask): void {
    const { file, markedTitle } = toRef(this.#session, test, test.name);
    const titles = this.#session.toTitles(file, markedTitle, test.name);
    if (titles === null) {
      test.mode = "skip";
      return;
    }
    this.#titles.set(test, titles);
    test.retry = 0;
    test.repeats = titles.length - 1;
  }

  begin(test: VitestTask, repeat: number): void {
    this.#report(test);
    const ref = toRef(this.#session, test, this.#titles.get(test)?.[repeat] ?? test.name);
    const errors = test.result?.errors?.length ?? 0;
    this.#current = { test: ref, errors, startedAt: this.#node.monotonic() };
    this.#session.begin(ref);
  }

  run(test: VitestTask, body: () => unknown): unknown {
    const ref = this.#current?.test ?? toRef(this.#session, test, test.name);
    return this.#session.run(ref, body);
  }

  end(test: VitestTask): void {
    if (this.#current !== null) this.#session.end(this.#current.test);
    this.#report(test);
    this.#reported.add(test);
  }

  #report(test: VitestTask): void {
    if (this.#current === null) return;
    const { test: ref, errors, startedAt } = this.#current;
    this.#current = null;
    const [thrown] = test.result?.errors?.slice(errors) ?? [];
    const isRed = thrown !== undefined || (errors === 0 && test.result?.state === "fail");
    const durationMs = this.#node.monotonic() - startedAt;
    this.#session.report(ref, isRed ? "failed" : "passed", durationMs, thrown);
  }

  reportSkipped(task: VitestTask): void {
    for (const child of task.tasks ?? []) this.reportSkipped(child);
    if (task.tasks !== undefined || this.#reported.has(task)) return;
    if (this.#session.config.mode === "mutants") return;
    // A test that skips itself gets no call after it.
    this.#current = null;
    this.#session.report(toRef(this.#session, task, task.name), "skipped", 0, null);
  }

  finish(): void {
    this.#session.finish();
  }
}

function toRef(session: Session, test: VitestTask, title: string): TestRef {
  const titles = [title];
  for (let suite = test.suite; suite !== undefined; suite = suite.suite) {
    if (!("filepath" in suite)) titles.unshift(suite.name);
  }
  return {
    file: toProjectPath(session.config, test.file.filepath),
    markedTitle: titles.join(" > "),
  };
}

/** A Vitest reporter, in the main process: what failed outside tests, and the end. */
export function createVitestReporter(config: HarnessConfig): {
  onFinished(files?: Files, errors?: readonly unknown[]): void;
  onTestRunEnd(
    modules: readonly { readonly task: Files[number] }[],
    errors: readonly unknown[],
  ): void;
} {
  const settings: HarnessConfig = { ...config, mode: "plain", clockShiftMs: 0 };
  const session = createSession(takePrivateNode(), settings, {});
  let hasEnded = false;
  const reportSuite = (task: VitestTask, file: string): void => {
    if (task.tasks === undefined) return;
    for (const failure of task.result?.errors ?? []) session.loadFailure(file, failure);
    for (const child of task.tasks) reportSuite(child, file);
  };
  const end = (files: Files, errors: readonly unknown[]): void => {
    // Vitest 3 calls both methods.
    if (hasEnded) return;
    hasEnded = true;
    for (const file of files) reportSuite(file, toProjectPath(config, file.filepath));
    for (const thrown of errors) session.stray(thrown);
    session.writeEnd();
  };
  return {
    onFinished: (files = [], errors = []) => {
      end(files, errors);
    },
    onTestRunEnd: (modules, errors) => {
      end(
        modules.map(({ task }) => task),
        errors,
      );
    },
  };
}
