import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { checkRuns } from "./checks.ts";
import { generate, type Generated } from "./generate.ts";
import { installPackage } from "./install.ts";
import { measureLoadOnly, measureSuite, type Figures } from "./measure.ts";
import { HELP, parseBenchOptions, type BenchOptions } from "./options.ts";
import { STRYKER_PACKAGES, type BenchPackage } from "./packages.ts";
import {
  describeMachine,
  readCommit,
  toMarkdown,
  type BenchReport,
  type BenchRow,
} from "./report.ts";
import { runStryker } from "./stryker.ts";

const ROOT = join(import.meta.dirname, "../..");

/** One cell of the bench: a package, a seed, a time. */
interface Job {
  readonly pinned: BenchPackage;
  readonly seed: number;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2), ROOT);
  if (options === null) {
    process.stdout.write(HELP);
    return;
  }
  const commit = readCommit(ROOT);
  const resumed = await readResumed(options.resumedFile, commit);
  const started = resumed === null ? new Date() : new Date(resumed.startedAt);
  const { projects, loadOnly } = await prepare(options);
  const rows: BenchRow[] = [...(resumed?.rows ?? [])];
  const toReport = (): BenchReport => ({
    startedAt: started.toISOString(),
    commit,
    machine: describeMachine(),
    node: process.version,
    arguments: process.argv.slice(2),
    seeds: options.seeds,
    times: options.times,
    loadOnly,
    rows: sortRows(rows, options),
  });
  const open = toJobs(options).filter((job) => !rows.some((row) => isRowOf(row, job)));
  await inParallel(open, options.parallel, async (job) => {
    const row = await runJob(job, projects.get(job.pinned.name) ?? "", options);
    rows.push(row);
    tell(toLine(row));
    // Stored after each row, so that a bench that is stopped keeps what it has.
    await store(toReport(), started, options.resultsFolder);
  });
  const path = await store(toReport(), started, options.resultsFolder);
  process.stdout.write(`${toMarkdown(toReport())}\nStored in ${path}.md and ${path}.json\n`);
}

/** @throws when the results are of another commit: figures of two must not stand in one table */
async function readResumed(file: string | null, commit: string): Promise<BenchReport | null> {
  if (file === null) return null;
  const report = JSON.parse(await readFile(file, "utf8")) as BenchReport;
  if (report.commit === commit) return report;
  throw new Error(`--resume: ${file} is of commit ${report.commit}, and this is ${commit}`);
}

function isRowOf(row: BenchRow, { pinned, seed, seconds }: Job): boolean {
  return row.package === pinned.name && row.seed === seed && row.seconds === seconds;
}

async function prepare(
  options: BenchOptions,
): Promise<{ projects: Map<string, string>; loadOnly: Record<string, Figures> }> {
  const projects = new Map<string, string>();
  const loadOnly: Record<string, Figures> = {};
  await inParallel(options.packages, options.parallel, async (pinned) => {
    const project = await installPackage(pinned, options.workFolder);
    projects.set(pinned.name, project);
    loadOnly[pinned.name] = await measureLoadOnly(project);
    tell(`${pinned.name}@${pinned.version} is ready`);
  });
  return { projects, loadOnly };
}

/** Shortest time first, and within it package by package, so that a partial bench is comparable. */
function toJobs(options: BenchOptions): Job[] {
  return options.times.flatMap((seconds) =>
    options.seeds.flatMap((seed) => options.packages.map((pinned) => ({ pinned, seed, seconds }))),
  );
}

async function runJob(job: Job, project: string, options: BenchOptions): Promise<BenchRow> {
  const { pinned, seed, seconds } = job;
  const runFolder = join(
    options.workFolder,
    "runs",
    `${pinned.name}-s${String(seed)}-t${String(seconds)}`,
  );
  const generated = await generate({ cli: options.cli, project, runFolder, seed, seconds });
  const hasSuite = generated.suite.testFiles.length > 0;
  const isLongest = seconds === options.times.at(-1);
  const measured = hasSuite ? await measureSuite(generated.suite) : null;
  const wantsStryker =
    options.isStrykerWanted &&
    hasSuite &&
    isLongest &&
    seed === options.seeds[0] &&
    STRYKER_PACKAGES.includes(pinned.name);
  return {
    package: pinned.name,
    version: pinned.version,
    seed,
    seconds,
    measured,
    problem: generated.problem,
    outcome: generated.data?.outcome ?? null,
    exitCode: generated.exitCode,
    durationMs: generated.durationMs,
    tests: (measured?.run.passed ?? 0) + (measured?.run.failed.length ?? 0),
    reported: toReported(generated),
    lostInWriting: generated.data?.candidates?.lostInWriting ?? null,
    runsCheck:
      options.isRunsCheckWanted && hasSuite && isLongest
        ? await checkRuns(options.cli, generated, `${runFolder}-check`)
        : null,
    stryker: wantsStryker ? await runStryker(generated) : null,
  };
}

/** The command's own account, without the long lists. */
function toReported(generated: Generated): unknown {
  const { data } = generated;
  if (data === null) return null;
  return {
    coverage: data.coverage,
    mutation: data.mutation,
    candidates: data.candidates,
    degradations: data.degradations,
    timings: data.timings,
    executions: data.executions,
    sandbox: data.sandbox,
    findings: data.findings?.map(({ kind, where, summary }) => ({ kind, where, summary })),
  };
}

async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, lane));
}

function sortRows(rows: readonly BenchRow[], options: BenchOptions): BenchRow[] {
  const order = new Map(options.packages.map(({ name }, index) => [name, index]));
  return [...rows].sort(
    (a, b) =>
      a.seconds - b.seconds ||
      a.seed - b.seed ||
      (order.get(a.package) ?? 0) - (order.get(b.package) ?? 0),
  );
}

async function store(report: BenchReport, started: Date, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const stamp = started.toISOString().slice(0, 16).replaceAll(":", "").replace("T", "-");
  const path = join(folder, `testpilot-${stamp}`);
  await writeFile(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${path}.md`, toMarkdown(report));
  return path;
}

function toLine(row: BenchRow): string {
  const { measured } = row;
  const figures =
    measured === null
      ? "no suite"
      : `${String(measured.figures.statements.covered)}/${String(measured.figures.statements.total)} statements, ` +
        `${String(measured.figures.branches.covered)}/${String(measured.figures.branches.total)} branches, ` +
        `${String(row.tests)} tests`;
  const seconds = (row.durationMs / 1000).toFixed(0);
  const problem = row.problem ?? measured?.run.problem ?? "";
  return `${row.package} seed ${String(row.seed)} ${String(row.seconds)}s: ${figures}, took ${seconds} s ${problem}`;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

await main();
