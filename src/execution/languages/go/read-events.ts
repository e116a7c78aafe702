import { posix } from "node:path";
import { z } from "zod";

import type { TestFailure, TestResult } from "../../../contract/test-run.ts";
import { listTests, MARK } from "./script.ts";

/** A line of `go tool test2json`; see `go doc test2json`. */
interface TestEvent {
  readonly Action: string;
  readonly Package?: string | undefined;
  readonly Test?: string | undefined;
  readonly Elapsed?: number | undefined;
  readonly Output?: string | undefined;
}

const eventSchema: z.ZodType<TestEvent> = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Elapsed: z.number().optional(),
  Output: z.string().optional(),
});

/** What the script wrote, taken apart. */
export interface GoResults {
  /** Label of a run (a folder, or `mutant:folder`) → its tests by name. */
  readonly runs: ReadonlyMap<string, ReadonlyMap<string, GoTest>>;
  /** Label → exit code of the test binary. */
  readonly codes: ReadonlyMap<string, number>;
  /** Label → what the compiler said. */
  readonly unbuilt: ReadonlyMap<string, string>;
  readonly ended: ReadonlySet<string>;
  readonly unfit: ReadonlySet<string>;
  readonly isWhole: boolean;
}

interface GoTest {
  readonly status: TestResult["status"];
  readonly durationMs: number;
  readonly failure: TestFailure | null;
}

const MOST_LINES = 200_000;

/** Reads what a hostile process may have written; what is not as agreed is left out. */
export function readGoResults(content: Buffer | undefined): GoResults {
  const lines = (content?.toString("utf8") ?? "").split("\n").slice(0, MOST_LINES);
  const events = new Map<string, TestEvent[]>();
  const codes = new Map<string, number>();
  const unbuilt = new Map<string, string>();
  const ended = new Set<string>();
  const unfit = new Set<string>();
  let isWhole = false;
  let open: string | null = null;
  for (const line of lines) {
    if (line.startsWith(`${MARK} `)) {
      const [, kind = "", label = "", code = ""] = line.split(" ");
      open = kind === "unbuilt" ? label : null;
      if (kind === "unbuilt") unbuilt.set(label, "");
      if (kind === "ran") codes.set(label, Math.max(codes.get(label) ?? 0, Number(code)));
      if (kind === "mutant-end") ended.add(label);
      if (kind === "unfit") unfit.add(label);
      if (kind === "end") isWhole = true;
      continue;
    }
    if (open !== null) {
      unbuilt.set(open, `${unbuilt.get(open) ?? ""}${line}\n`.slice(0, 2_000));
      continue;
    }
    const event = readEvent(line);
    if (event?.Package === undefined) continue;
    events.set(event.Package, [...(events.get(event.Package) ?? []), event]);
  }
  const runs = new Map(
    [...events].map(([label, own]) => [label, toTests(own, codes.get(label) === KILLED)]),
  );
  return { runs, codes, unbuilt, ended, unfit, isWhole };
}

function readEvent(line: string): TestEvent | null {
  if (!line.startsWith("{")) return null;
  try {
    return eventSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** What `timeout -s KILL` leaves. */
export const KILLED = 137;

/** Subtests are part of their test. One that began and has no end took the process with it, unless that was killed. */
function toTests(events: readonly TestEvent[], wasKilled: boolean): ReadonlyMap<string, GoTest> {
  const outputs = new Map<string, string>();
  const tests = new Map<string, GoTest>();
  const begun = new Set<string>();
  for (const { Action, Test = "", Output = "", Elapsed = 0 } of events) {
    const [name = ""] = Test.split("/", 1);
    if (name === "") continue;
    if (Action === "run") begun.add(name);
    if (Action === "output")
      outputs.set(name, `${outputs.get(name) ?? ""}${Output}`.slice(0, 8_000));
    if (Test !== name || !["pass", "fail", "skip"].includes(Action)) continue;
    const status = Action === "pass" ? "passed" : Action === "skip" ? "skipped" : "failed";
    const durationMs = Elapsed * 1000;
    tests.set(name, {
      ...{ status, durationMs },
      failure: status === "failed" ? toFailure(outputs.get(name) ?? "") : null,
    });
  }
  for (const name of wasKilled ? [] : begun) {
    if (tests.has(name)) continue;
    const failure = { ...toFailure(outputs.get(name) ?? ""), isAssertion: false };
    tests.set(name, { status: "failed", durationMs: 0, failure });
  }
  return tests;
}

/** A test that calls `t.Error` or `t.Fatal` fails by its own assertion; a panic is somebody else's. */
function toFailure(output: string): TestFailure {
  const said = output
    .split("\n")
    .filter((line) => !/^\s*(?:===|---)/u.test(line))
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const panic = said.find((line) => /^(?:panic:|fatal error:|\[signal)/u.test(line));
  return {
    name: panic === undefined ? "Failed" : "panic",
    message: (panic ?? said.join("\n")).slice(0, 4_000),
    code: null,
    isAssertion: panic === undefined && said.length > 0,
    stack: "",
  };
}

/** Results by file: Go names the package only, so a test belongs to the file whose text has it. */
export function toResults(
  { runs }: Pick<GoResults, "runs">,
  label: (folder: string) => string,
  files: Readonly<Record<string, string>>,
  asked: readonly string[],
): readonly TestResult[] {
  return asked.flatMap((file) => {
    const tests = runs.get(label(posix.dirname(file)));
    return listTests(files[file] ?? "").flatMap((fullTitle): TestResult[] => {
      const test = tests?.get(fullTitle);
      return test === undefined ? [] : [{ file, fullTitle, ...test }];
    });
  });
}
