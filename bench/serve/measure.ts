/**
 * `npm run bench:serve [-- --runs 3000 --active 10 --waiting 100]`: tiny runs of all examples through one
 * `regoose serve` in a child process. Goals: 0 system errors, and nothing rejected or lost while no more are
 * unfinished than the server was told to take. Prints memory and processor time for each kind of run.
 *
 * `--into FILE` adds what each run came to to a file and reports on all that stands there, so that a machine that
 * is never free for two hours gets there in parts. `--minutes N` submits no more after that time.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createProcessWatch } from "./process-watch.ts";
import { appendPart, readParts, report } from "./results.ts";
import { askJson, listEnds, type Job } from "./tools.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "examples");
/** Copies of each example: runs of one project come one after the other. */
const COPIES_PER_EXAMPLE = 5;
const POLL_MS = 250;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3000" },
    active: { type: "string", default: "10" },
    waiting: { type: "string", default: "100" },
    executions: { type: "string", default: "100" },
    minutes: { type: "string", default: "1440" },
    into: { type: "string" },
  },
});
const runs = Number(values.runs);
const earlier = values.into === undefined ? [] : await readParts(values.into);
const active = Number(values.active);
const waiting = Number(values.waiting);

const base = await mkdtemp(join(tmpdir(), "regoose-bench-serve-"));
try {
  const projects = await copyExamples(base);
  const server = await startServer(join(base, "state"));
  const watch = createProcessWatch(server.child.pid ?? 0, projects);
  const startedMs = performance.now();
  const outcome = await submitAll(server, projects);
  const seconds = (performance.now() - startedMs) / 1000;
  watch.stop();
  server.child.kill("SIGTERM");
  const serverExit = await server.ended;
  const part = {
    active,
    waiting,
    seconds,
    serverExit,
    submitted: outcome.submitted,
    rejected: outcome.rejected,
    ends: [...outcome.ends.values()].map(({ status, error }) => ({
      status,
      code: error?.code ?? null,
    })),
    usage: watch.usage(),
    isWhole: watch.isWhole(),
  };
  if (values.into !== undefined) await appendPart(values.into, part);
  if (!report([...earlier, part])) process.exitCode = 1;
} finally {
  await rm(base, { recursive: true, force: true });
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly ended: Promise<number | null>;
}

/** A project that runs are made of, and the kind it counts as. */
interface BenchProject {
  readonly kind: string;
  readonly folder: string;
}

async function copyExamples(folder: string): Promise<readonly BenchProject[]> {
  const names = (await readdir(EXAMPLES, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // Those in other languages need a model.
    .filter((name) => existsSync(join(EXAMPLES, name, "package.json")));
  const projects: BenchProject[] = [];
  for (let copy = 0; copy < COPIES_PER_EXAMPLE; copy += 1) {
    for (const kind of names) {
      const target = join(folder, "projects", `${kind}-${String(copy)}`);
      await mkdir(join(folder, "projects"), { recursive: true });
      await cp(join(EXAMPLES, kind), target, {
        recursive: true,
        filter: (path) => !/[/\\](?:\.regoose|test[/\\]regoose)(?:$|[/\\])/u.test(path),
      });
      projects.push({ kind, folder: target });
    }
  }
  return projects;
}

async function startServer(state: string): Promise<Server> {
  const argv = [
    join(ROOT, "bin/regoose.js"),
    ...["serve", "--json", "--port", "0", "--state", state],
    ...["--concurrency", String(active), "--queue", String(waiting)],
  ];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  for (let tries = 0; tries < 600; tries += 1) {
    if (printed.includes("\n")) {
      const { data } = JSON.parse(printed) as { data: { url: string; token: string } };
      return { child, ended, ...data };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGKILL");
  throw new Error("the server did not say where it serves within 60 s");
}

interface Outcome {
  readonly ends: ReadonlyMap<string, Job>;
  readonly submitted: number;
  readonly rejected: number;
}

/** Keeps as many runs unfinished as the server takes, until all have ended. */
async function submitAll(server: Server, projects: readonly BenchProject[]): Promise<Outcome> {
  const open = new Set<string>();
  const ends = new Map<string, Job>();
  let submitted = 0;
  let rejected = 0;
  const untilMs = performance.now() + Number(values.minutes) * 60_000;
  // Seeds go on where an earlier part ended.
  const first = earlier.reduce((sum, part) => sum + part.submitted + part.rejected, 0);
  const isOver = (): boolean => submitted + rejected >= runs || performance.now() > untilMs;
  while (!isOver() || open.size > 0) {
    while (!isOver() && open.size < active + waiting) {
      const index = first + submitted + rejected;
      const project = projects[index % projects.length];
      const flags = {
        maxExecutions: Number(values.executions),
        seed: index + 1,
        reruns: 1,
        workers: 1,
      };
      const { status, body } = await askJson(server, "/api/v1/runs", {
        project: project?.folder,
        flags,
      });
      if (status === 202) {
        submitted += 1;
        open.add((body as Job).id);
      } else rejected += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    for (const job of await listEnds(server, open)) {
      open.delete(job.id);
      ends.set(job.id, job);
      if (ends.size % 100 === 0)
        process.stderr.write(`${String(ends.size)} of ${String(runs)} runs have ended\n`);
    }
  }
  return { ends, submitted, rejected };
}
