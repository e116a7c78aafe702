import type { HarnessConfig } from "../../../contract/harness.ts";
import { runWithDone } from "../harness/callback-style.ts";
import { takePrivateNode, type PrivateNode } from "../harness/private-node.ts";
import { toSeededOrder } from "../harness/seeded-order.ts";
import { createSession, toProjectPath, type Session, type TestRef } from "../harness/session.ts";

/** The parts of jest-circus's objects that are used; they have been the same since Jest 26. */
export interface CircusTest {
  readonly type: "test";
  name: string;
  readonly parent: CircusBlock;
  fn: ((this: unknown, done?: (failure?: unknown) => void) => unknown) | undefined;
  concurrent?: boolean;
  timeout?: number | undefined;
  errors: unknown[];
  readonly duration?: number | null;
}

export interface CircusBlock {
  readonly type: "describeBlock";
  readonly name: string;
  readonly parent?: CircusBlock | undefined;
  children: (CircusTest | CircusBlock)[];
  tests?: CircusTest[];
}

export interface CircusEvent {
  readonly name: string;
  readonly test?: CircusTest;
  readonly error?: unknown;
}

interface JestEnvironment {
  readonly global: Record<string, unknown>;
  setup(): Promise<void>;
  teardown(): Promise<void>;
  handleTestEvent?(event: CircusEvent, state: unknown): Promise<void> | void;
}

type EnvironmentClass = new (
  config: unknown,
  context: { readonly testPath: string },
) => JestEnvironment;

/** Extends the project's test environment, which runs outside the VM context of the tests. */
export function createJestEnvironment(
  config: HarnessConfig,
  Base: EnvironmentClass,
): EnvironmentClass {
  const node = takePrivateNode();
  return class extends Base {
    readonly #file: string;
    #observer: CircusObserver | null = null;

    constructor(jestConfig: unknown, context: { readonly testPath: string }) {
      super(jestConfig, context);
      this.#file = toProjectPath(config, context.testPath);
    }

    override async setup(): Promise<void> {
      await super.setup();
      this.#observer = new CircusObserver(node, config, this.#file, this.global);
    }

    override async teardown(): Promise<void> {
      this.#observer?.finish();
      await super.teardown();
    }

    override async handleTestEvent(event: CircusEvent, state: unknown): Promise<void> {
      await super.handleTestEvent?.(event, state);
      this.#observer?.handle(event, state as { readonly rootDescribeBlock: CircusBlock });
    }
  };
}

/** Turns the events of one test file into result lines, and shapes its tests before they run. */
class CircusObserver {
  readonly #session: Session;
  readonly #file: string;
  /** What a test threw, before Jest makes a text of it. */
  readonly #thrown = new WeakMap<CircusTest, { readonly value: unknown }>();

  constructor(
    node: PrivateNode,
    config: HarnessConfig,
    file: string,
    realm: Record<string, unknown>,
  ) {
    this.#session = createSession(node, config, realm);
    this.#file = file;
  }

  handle(event: CircusEvent, state: { readonly rootDescribeBlock: CircusBlock }): void {
    const { test } = event;
    if (event.name === "run_start") this.#shape(state.rootDescribeBlock, "");
    if (test === undefined) return;
    switch (event.name) {
      case "test_start":
        this.#session.begin(this.#toRef(test));
        break;
      case "test_fn_failure":
      case "hook_failure":
        if (!this.#thrown.has(test)) this.#thrown.set(test, { value: event.error });
        break;
      case "test_skip":
      case "test_todo":
        this.#session.report(this.#toRef(test), "skipped", 0, null);
        break;
      case "test_done":
        this.#done(test);
        break;
      default:
    }
  }

  finish(): void {
    this.#session.finish();
  }

  #done(test: CircusTest): void {
    const ref = this.#toRef(test);
    this.#session.end(ref);
    const [first] = test.errors;
    const kept: unknown = Array.isArray(first) ? first[0] : first;
    const thrown = this.#thrown.get(test)?.value ?? kept;
    const status = test.errors.length > 0 ? "failed" : "passed";
    this.#session.report(ref, status, test.duration ?? 0, thrown);
  }

  #shape(block: CircusBlock, path: string): void {
    const { shuffleSeed, mode } = this.#session.config;
    if (mode === "mutants") {
      block.children = block.children.flatMap((child): (CircusTest | CircusBlock)[] =>
        child.type === "test" ? this.#toClones(child) : [child],
      );
      block.tests = block.children.filter((child) => child.type === "test");
    } else if (shuffleSeed !== null) {
      block.children = toSeededOrder(block.children, shuffleSeed, path);
    }
    for (const child of block.children) {
      if (child.type === "describeBlock") this.#shape(child, `${path} > ${child.name}`);
      else if (mode !== "plain") child.concurrent = false;
    }
  }

  #toClones(test: CircusTest): CircusTest[] {
    const { file, markedTitle } = this.#toRef(test);
    const titles = this.#session.toTitles(file, markedTitle, test.name) ?? [];
    return titles.map((name) => {
      const clone: CircusTest & Record<string, unknown> = {
        ...test,
        name,
        errors: [],
        retryReasons: [],
        unhandledRejectionErrorByPromise: new Map(),
        // Jest's own limit must not come before that of the pair.
        timeout: this.#session.config.pairTimeoutMs * 10,
      };
      const { fn } = test;
      if (fn === undefined) return clone;
      const run = (self: unknown): unknown =>
        this.#session.run(this.#toRef(clone), () =>
          fn.length === 0 ? fn.call(self) : runWithDone((done) => fn.call(self, done)),
        );
      clone.fn = function (this: unknown) {
        return run(this);
      };
      return clone;
    });
  }

  #toRef(test: CircusTest): TestRef {
    const titles = [test.name];
    let block = test.parent;
    while (block.parent !== undefined) {
      titles.unshift(block.name);
      block = block.parent;
    }
    return { file: this.#file, markedTitle: titles.join(" > ") };
  }
}

/** What a Jest reporter gets of a test file. */
interface FileResult {
  readonly testFilePath: string;
  readonly testExecError?: unknown;
  readonly failureMessage?: string | null;
  readonly testResults?: readonly {
    readonly ancestorTitles: readonly string[];
    readonly title: string;
    readonly status: string;
    readonly failureMessages?: readonly string[];
  }[];
}

/** The methods of a Jest reporter: files that could not be run, errors that came late, and the end. */
export function createJestReporter(config: HarnessConfig): {
  onTestResult(test: unknown, result: FileResult): void;
  onRunComplete(contexts: unknown, results: { readonly runExecError?: unknown }): void;
} {
  const session = createSession(
    takePrivateNode(),
    { ...config, mode: "plain", clockShiftMs: 0 },
    {},
  );
  return {
    onTestResult: (_test, result) => {
      if (config.mode !== "mutants") reportFailures(session, result);
      if (result.testExecError === undefined || result.testExecError === null) return;
      // Errors of files travel as plain data; Jest's own text says most.
      const text = result.failureMessage ?? result.testExecError;
      session.loadFailure(toProjectPath(config, result.testFilePath), text);
    },
    onRunComplete: (_contexts, { runExecError }) => {
      if (runExecError !== undefined && runExecError !== null) session.stray(runExecError);
      session.writeEnd();
    },
  };
}

/** Jest may blame a test for an error that came after it; readers take the first failure of a test. */
function reportFailures(session: Session, result: FileResult): void {
  const file = toProjectPath(session.config, result.testFilePath);
  for (const test of result.testResults ?? []) {
    if (test.status !== "failed") continue;
    const markedTitle = [...test.ancestorTitles, test.title].join(" > ");
    const stack = test.failureMessages?.[0] ?? "";
    const message = stack.split("\n", 1)[0] ?? "";
    session.report({ file, markedTitle }, "failed", 0, { name: "Error", message, stack });
  }
}
