/**
 * `npm run bench:why`: injects faults into runs of the built command and asks `regoose why` for each run. Goals: the
 * right cause first in at least 80 %, each answer in less than 10 s. Needs Linux with bubblewrap, and `npm run build`
 * first. `--list` says which faults: `first` [default], `further`, `fresh` or `later`. `--count N` measures the first N that
 * count [default = 40], `--all` all of them, `--only TEXT` those whose name holds the text, `--skip N` without the first N; `--json FILE` keeps the rows.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Fault, Injected } from "./fault.ts";
import { FURTHER_FAULTS } from "./faults-further.ts";
import { FAULTS } from "./faults.ts";
import { FRESH_FAULTS, FRESH_LATER } from "./fresh.ts";
import { judge, type Verdict, type WhyAnswer } from "./judge.ts";
import { openStage, type Stage } from "./stage.ts";

const SHARE_GOAL = 0.8;
const ANSWER_GOAL_MS = 10_000;

const LISTS: ReadonlyMap<string, readonly Fault[]> = new Map([
  ["first", FAULTS],
  ["further", FURTHER_FAULTS],
  ["fresh", FRESH_FAULTS],
  ["later", FRESH_LATER],
]);
const MOST: ReadonlyMap<string, number> = new Map([["further", 10]]);

interface Row extends Verdict {
  readonly fault: Fault;
  readonly ending: string;
  readonly answerMs: number;
}

const { values } = parseArgs({
  options: {
    count: { type: "string" },
    only: { type: "string", default: "" },
    skip: { type: "string", default: "0" },
    list: { type: "string", default: "first" },
    all: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const faults = LISTS.get(values.list);
if (faults === undefined) throw new Error(`no list is called ${values.list}`);
const wanted = values.all ? faults.length : Number(values.count ?? MOST.get(values.list) ?? 40);
const rows: Row[] = [];
const left = faults.slice(Number(values.skip));
for (const fault of left.filter(({ name }) => name.includes(values.only))) {
  if (rows.length >= wanted) break;
  const measured = await measureOnce(fault);
  if (typeof measured === "string") {
    process.stdout.write(`----    ${fault.name}: does not count, ${measured}\n`);
    continue;
  }
  rows.push(measured);
  printRow(measured, rows.length);
}
report(rows);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(rows, toPlain, 2));

/** @returns the row, or the reason for which the fault does not count */
async function measureOnce(fault: Fault): Promise<Row | string> {
  await using stage = await openStage();
  const { isFelt, ending } = await fault.inject(stage).catch(toBroken);
  const runId = await stage.runId();
  if (!isFelt) return `the command did not suffer (${ending})`;
  if (runId === null) return `the command made no run (${ending})`;
  const { answer, answerMs } = await ask(stage, runId);
  return { fault, ending, answerMs, ...judge(fault, answer) };
}

/** Such a fault does not count either, but the bench is then not what it is meant to be. */
function toBroken(failure: unknown): Injected {
  process.exitCode = 1;
  return { isFelt: false, ending: `the injector is broken: ${String(failure)}` };
}

async function ask(
  stage: Stage,
  runId: string,
): Promise<{ readonly answer: WhyAnswer; readonly answerMs: number }> {
  const { stdout, durationMs } = await stage.regoose(["why", runId, "--json"]);
  try {
    return { answer: JSON.parse(stdout) as WhyAnswer, answerMs: durationMs };
  } catch {
    return { answer: {}, answerMs: durationMs };
  }
}

function printRow({ fault, ending, answerMs, isRight, given, complaints }: Row, at: number): void {
  const number = String(at).padStart(2);
  process.stdout.write(
    [
      `${isRight ? "right" : "WRONG"} ${number} ${fault.name} (${ending}), ${answerMs.toFixed(0)} ms`,
      `           expected: ${fault.cause}`,
      `           given:    ${given.replaceAll("\n", " ").slice(0, 300) || "nothing"}`,
      ...complaints.map((one) => `           ${one}`),
      "",
    ].join("\n"),
  );
}

function report(measured: readonly Row[]): void {
  const right = measured.filter(({ isRight }) => isRight).length;
  const slowestMs = Math.max(0, ...measured.map(({ answerMs }) => answerMs));
  const share = measured.length === 0 ? 0 : right / measured.length;
  process.stdout.write(
    `the right cause first in ${String(right)} of ${String(measured.length)} faults, ${(share * 100).toFixed(1)} % ` +
      `(goal ≥ ${String(SHARE_GOAL * 100)} %); slowest answer ${(slowestMs / 1_000).toFixed(2)} s ` +
      `(goal < ${String(ANSWER_GOAL_MS / 1_000)} s)\n`,
  );
  if (share < SHARE_GOAL || slowestMs >= ANSWER_GOAL_MS) process.exitCode = 3;
}

function toPlain(_key: string, value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}
