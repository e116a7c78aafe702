import type { HarnessConfig, HarnessLine } from "../../../contract/harness.ts";
import { CLONE_MARK, COVERAGE_FILE, RESULT_FILE } from "../../../contract/run-folder.ts";
import { installClockShift, type DateRealm } from "./clock-shift.ts";
import { addToDump, listMovedCounters, takeCounterMark } from "./coverage-counters.ts";
import { cutText, describeFailure, toStrayText } from "./describe-failure.ts";
import type { HeldOpen } from "./held-open.ts";
import { installMutantSwitch, type MutantSwitch } from "./mutant-switch.ts";
import { createPairSession, type PairSession } from "./pair-session.ts";
import type { PrivateNode } from "./private-node.ts";
import { runWithLimit } from "./time-limit.ts";
import { openLineWriter, type LineWriter } from "./result-lines.ts";

/** A test as the glue of a runner names it: suite titles and its own joined by ` > `, with the clone's mark. */
export interface TestRef {
  readonly file: string;
  readonly markedTitle: string;
}

/** Observes the tests of one realm (a process, or a VM context within it) and writes result lines. */
export interface Session {
  readonly config: HarnessConfig;
  /** Titles under which to register a test: itself, its clones, or null to leave it out. */
  toTitles(file: string, fullTitle: string, title: string): readonly string[] | null;
  /** Before the hooks of a test. */
  begin(test: TestRef): void;
  /** Runs the body of a test; settles as it does. */
  run(test: TestRef, body: () => unknown): unknown;
  /**
   * The body of a test with some turns of the event loop behind it, where the run asks for it: an error
   * that the test left behind comes while it still runs, so that the runner holds it against this test.
   */
  settle(body: () => unknown): unknown;
  /** After a test, where the runner tells. */
  end(test: TestRef): void;
  /** What the runner says of a test. */
  report(
    test: TestRef,
    status: "passed" | "failed" | "skipped",
    durationMs: number,
    thrown: unknown,
  ): void;
  stray(thrown: unknown): void;
  loadFailure(file: string, thrown: unknown): void;
  /** After the last test of the realm. */
  finish(): void;
  /** Every test has its result, and the process lives on. */
  heldOpen(held: HeldOpen): void;
  /** After the runner came to its own end. */
  writeEnd(): void;
}

/** Turns an absolute path or file URL into a project-relative one. */
export function toProjectPath(config: HarnessConfig, path: string): string {
  const plain = path.startsWith("file://") ? decodeURIComponent(path.slice(7)) : path;
  const root = `${config.workPath}/`;
  return plain.startsWith(root) ? plain.slice(root.length) : plain;
}

/** Splits the mark of a clone off a title. */
export function splitClone(markedTitle: string): {
  readonly fullTitle: string;
  readonly clone: string | null;
} {
  const at = markedTitle.lastIndexOf(CLONE_MARK);
  const clone = at < 0 ? "" : markedTitle.slice(at + CLONE_MARK.length);
  return /^[bpc]\d+$/.test(clone)
    ? { fullTitle: markedTitle.slice(0, at), clone }
    : { fullTitle: markedTitle, clone: null };
}

/** Installs what the mode needs in a realm; to be called before the target loads there. */
export function createSession(
  node: PrivateNode,
  config: HarnessConfig,
  realm: Record<string, unknown>,
): Session {
  installClockShift(realm as unknown as DateRealm, config.clockShiftMs);
  const lines = openLineWriter(node, `${config.workPath}/${RESULT_FILE}`);
  const mutants = config.mode.startsWith("mutant") ? installMutantSwitch(realm) : null;
  const pairs =
    config.mode === "mutants" && mutants !== null
      ? createPairSession(node, config, lines, mutants)
      : null;
  const observer = createObserver(config, lines, realm, mutants);
  const write = (line: HarnessLine): void => {
    lines.write(line);
  };
  return {
    config,
    toTitles: (file, fullTitle, title) =>
      pairs === null
        ? [title]
        : (pairs.toClones(file, fullTitle)?.map((clone) => title + CLONE_MARK + clone) ?? null),
    begin: (test) => {
      beginTest(test, pairs, observer);
    },
    run: (test, body) => {
      const { clone } = splitClone(test.markedTitle);
      return pairs === null || clone === null ? body() : pairs.run(clone, body);
    },
    settle: (body) => (config.settles ? settleAfter(node, body, config.bodyLimitMs) : body()),
    end: (test) => {
      observer.close(test);
    },
    report: (test, status, durationMs, thrown) => {
      const failure = status === "failed" ? describeFailure(thrown) : null;
      const named = { file: test.file, ...splitClone(test.markedTitle) };
      write({ type: "test", ...named, status, durationMs: Math.max(0, durationMs), failure });
    },
    stray: (thrown) => {
      write({ type: "stray", text: toStrayText(thrown) });
    },
    loadFailure: (file, thrown) => {
      write({ type: "load-failure", file, text: cutText(toStrayText(thrown)) });
    },
    finish: () => {
      observer.finish();
      pairs?.finish();
      if (config.mode === "coverage") addToDump(node, `${config.workPath}/${COVERAGE_FILE}`, realm);
    },
    heldOpen: (held) => {
      write({ type: "held-open", ...held });
    },
    writeEnd: () => {
      write({ type: "end" });
    },
  };
}

async function settleAfter(
  node: PrivateNode,
  body: () => unknown,
  limitMs: number | null,
): Promise<unknown> {
  const result = await (limitMs === null
    ? body()
    : runWithLimit(node, body, { limitMs, idleMs: null }));
  // Queues of libraries are emptied by an immediate; what fails there is often thrown by a timer.
  await new Promise<void>((resolve) => {
    node.setImmediate(() => {
      node.setImmediate(() => {
        node.setTimeout(() => {
          node.setImmediate(resolve);
        }, 1);
      });
    });
  });
  return result;
}

function beginTest(test: TestRef, pairs: PairSession | null, observer: Observer): void {
  if (pairs === null) {
    observer.open(test);
    return;
  }
  const { clone } = splitClone(test.markedTitle);
  if (clone !== null) pairs.begin(clone);
}

/** Attributes counters or mutants to the test that is open. */
interface Observer {
  open(test: TestRef): void;
  close(test: TestRef): void;
  finish(): void;
}

function createObserver(
  config: HarnessConfig,
  lines: LineWriter,
  realm: Record<string, unknown>,
  mutants: MutantSwitch | null,
): Observer {
  let current: TestRef | null = null;
  let mark: ReturnType<typeof takeCounterMark> = new Map();
  let opened = 0;
  let hasReportedLoad = false;
  const reportLoad = (): void => {
    if (hasReportedLoad || mutants === null || config.mode !== "mutant-coverage") return;
    hasReportedLoad = true;
    lines.write({ type: "load-mutants", switchIds: mutants.loadHits() });
  };
  const flush = (): void => {
    if (current === null) return;
    const test = { file: current.file, fullTitle: current.markedTitle };
    current = null;
    if (config.mode === "coverage") {
      lines.write({ type: "covered", ...test, counters: listMovedCounters(realm, mark) });
    } else if (config.mode === "mutant-coverage" && mutants !== null) {
      const switchIds = Object.keys(mutants.hitsOf(`t${opened}`));
      mutants.rest(null);
      lines.write({ type: "mutants", ...test, switchIds });
    }
  };
  return {
    open: (test) => {
      flush();
      reportLoad();
      current = test;
      opened += 1;
      if (config.mode === "coverage") mark = takeCounterMark(realm);
      else mutants?.rest(`t${opened}`);
    },
    close: (test) => {
      // A subtest that began in between took over; what follows it in its parent counts for it.
      if (current?.markedTitle === test.markedTitle) flush();
    },
    finish: () => {
      flush();
      reportLoad();
    },
  };
}
