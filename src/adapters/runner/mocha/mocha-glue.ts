import type { HarnessConfig } from "../../../contract/harness.ts";
import { runWithDone } from "../harness/callback-style.ts";
import { capOutput } from "../harness/cap-output.ts";
import { takePrivateNode } from "../harness/private-node.ts";
import { toSeededOrder } from "../harness/seeded-order.ts";
import { createSession, toProjectPath, type Session, type TestRef } from "../harness/session.ts";
import { watchStrayErrors, type StrayErrors } from "../harness/stray-errors.ts";

/** The parts of Mocha's objects that are used; they have been the same since Mocha 6. */
export interface MochaTest {
  title: string;
  readonly type: string;
  readonly file?: string;
  readonly duration?: number;
  fn: ((this: unknown, done?: (failure?: unknown) => void) => unknown) | undefined;
  async: unknown;
  sync: unknown;
  parent?: MochaSuite;
  readonly ctx?: { readonly currentTest?: MochaTest };
  clone(): MochaTest;
  retries(count: number): unknown;
  resetTimeout(): void;
  titlePath(): string[];
}

export interface MochaSuite {
  readonly title: string;
  readonly file?: string;
  suites: MochaSuite[];
  tests: MochaTest[];
}

export interface MochaRunner {
  on(event: string, listener: (test: MochaTest, failure?: unknown) => void): unknown;
}

interface MochaClass {
  readonly prototype: {
    run: (this: { readonly suite: MochaSuite }, ...rest: unknown[]) => unknown;
  };
}

/** What the files in the run folder hand to Mocha. */
export interface MochaHarness {
  /** Makes the collected tree what the mode asks for, before Mocha runs it. */
  install(mocha: MochaClass): void;
  /** A reporter's constructor does this. */
  observe(runner: MochaRunner): void;
}

/** Loaded by `--require` before any test file. */
export function createMochaHarness(config: HarnessConfig): MochaHarness {
  capOutput();
  const session = createSession(takePrivateNode(), config, globalThis);
  const strays = watchStrayErrors(() => undefined);
  return {
    install: ({ prototype }) => {
      const { run } = prototype;
      prototype.run = function (...rest) {
        shapeSuite(session, this.suite, "");
        return run.apply(this, rest);
      };
    },
    observe: (runner) => {
      observeRunner(session, strays, runner);
    },
  };
}

function shapeSuite(session: Session, suite: MochaSuite, path: string): void {
  const { shuffleSeed, mode, settles } = session.config;
  if (settles) for (const test of suite.tests) wrapBody(test, (body) => session.settle(body));
  if (mode === "mutants") {
    suite.tests = suite.tests.flatMap((test) => toClones(session, test));
  } else if (shuffleSeed !== null) {
    suite.tests = toSeededOrder(suite.tests, shuffleSeed, path);
    suite.suites = toSeededOrder(suite.suites, shuffleSeed, path);
  }
  for (const inner of suite.suites) shapeSuite(session, inner, `${path} > ${inner.title}`);
}

function toClones(session: Session, test: MochaTest): MochaTest[] {
  const { file, markedTitle } = toRef(session, test);
  const titles = session.toTitles(file, markedTitle, test.title) ?? [];
  return titles.map((title) => {
    const clone = test.clone();
    clone.title = title;
    if (test.parent !== undefined) clone.parent = test.parent;
    clone.retries(0);
    // The pair has its own limit, and Mocha's timer would look like something to wait for.
    clone.resetTimeout = () => undefined;
    const ref = toRef(session, clone);
    wrapBody(clone, (body) => session.run(ref, body));
    return clone;
  });
}

/** Has `around` call the body of a test, whatever form it has. */
function wrapBody(test: MochaTest, around: (body: () => unknown) => unknown): void {
  const { fn } = test;
  if (fn === undefined) return;
  test.fn = function (this: unknown) {
    return around(() =>
      fn.length === 0 ? fn.call(this) : runWithDone((done) => fn.call(this, done)),
    );
  };
  // Mocha derived these from the number of parameters of the function it got.
  test.async = 0;
  test.sync = true;
}

function toRef(session: Session, test: MochaTest): TestRef {
  let file = test.file;
  for (let suite = test.parent; file === undefined && suite !== undefined;) {
    file = suite.file;
    suite = (suite as { readonly parent?: MochaSuite }).parent;
  }
  return {
    file: toProjectPath(session.config, file ?? session.config.files[0] ?? ""),
    markedTitle: test.titlePath().join(" > "),
  };
}

function observeRunner(session: Session, strays: StrayErrors, runner: MochaRunner): void {
  runner.on("test", (test) => {
    session.begin(toRef(session, test));
  });
  runner.on("test end", (test) => {
    session.end(toRef(session, test));
  });
  runner.on("pass", (test) => {
    session.report(toRef(session, test), "passed", test.duration ?? 0, null);
  });
  runner.on("pending", (test) => {
    session.report(toRef(session, test), "skipped", 0, null);
  });
  runner.on("fail", (test, failure) => {
    strays.blame(failure);
    if (test.type === "test") {
      session.report(toRef(session, test), "failed", test.duration ?? 0, failure);
      return;
    }
    const current = test.type === "hook" ? test.ctx?.currentTest : undefined;
    if (current !== undefined) {
      session.report(toRef(session, current), "failed", current.duration ?? 0, failure);
    } else if (test.type === "hook") session.loadFailure(toRef(session, test).file, failure);
    else session.stray(failure);
  });
  runner.on("end", () => {
    session.finish();
    session.writeEnd();
  });
  process.on("exit", () => {
    strays.report(session);
  });
}
