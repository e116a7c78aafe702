import type { HarnessConfig, HarnessLine } from "../contract/harness.ts";
import type { ProjectInfo } from "../contract/project.ts";
import { COVERAGE_FILE, RESULT_FILE } from "../contract/run-folder.ts";
import type { TestRunRequest } from "../ports/runner.ts";
import type { RunnerAdapter } from "../ports/runner-adapter.ts";
import type {
  Sandbox,
  SandboxBackend,
  SandboxEnd,
  SandboxLimits,
  SandboxResult,
} from "../ports/sandbox.ts";
import { createLayer, type Layer } from "./layer.ts";
import { toOutput } from "./to-output.ts";
import { readLines } from "./read-lines.ts";
import { toWorkPath } from "./work-path.ts";

/** What one runner process left behind. */
export interface ProcessOutcome {
  readonly end: SandboxEnd;
  readonly lines: readonly HarnessLine[];
  /** What was wrong with the result file; null when it was whole. */
  readonly problem: string | null;
  readonly coverage: Buffer | null;
  readonly output: string;
  readonly workPath: string;
}

/** What stays the same for all processes of a request. */
export interface ProcessHost {
  readonly sandboxes: SandboxBackend;
  readonly adapter: RunnerAdapter;
  readonly project: ProjectInfo;
  readonly baseLayer: string;
  readonly scratchFolder: string;
  readonly limits: SandboxLimits;
}

const COLLECT_BYTES = 64 * 1024 * 1024;

/** Starts runner processes over one layer of test files and sources. */
export interface ProcessStarter extends AsyncDisposable {
  /** Runs one process to its end. Throws only when the sandbox itself cannot be built. */
  run(
    harness: Omit<HarnessConfig, "workPath">,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ProcessOutcome>;
}

/** Writes the request's files once; each process then gets a fresh work copy with its own harness. */
export async function openProcessStarter(
  host: ProcessHost,
  request: TestRunRequest,
): Promise<ProcessStarter> {
  const files = { ...request.overlay, ...request.testFiles };
  // A plain run is the proof of the files as they are: it loads them as the user's own command will.
  const prepared = request.mode.kind === "plain" ? {} : (host.adapter.prepare?.(files) ?? {});
  const layer = await createLayer(host.scratchFolder, { ...files, ...prepared });
  return {
    run: (harness, timeoutMs, signal) =>
      runProcess(host, request, layer, harness, { timeoutMs, signal }),
    [Symbol.asyncDispose]: () => layer[Symbol.asyncDispose](),
  };
}

async function runProcess(
  host: ProcessHost,
  request: TestRunRequest,
  layer: Layer,
  harness: Omit<HarnessConfig, "workPath">,
  bounds: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<ProcessOutcome> {
  const plan = await host.adapter.plan({
    project: host.project,
    harness,
    binPath: toBinPath(host.project),
    isWrittenSuite: harness.files.every((file) => Object.hasOwn(request.testFiles, file)),
    allowsChildProcesses: host.sandboxes.level === "namespace",
  });
  await using planLayer = await createLayer(host.scratchFolder, plan.files);
  await using sandbox = await host.sandboxes.create({
    layers: [host.baseLayer, layer.path, planLayer.path],
    dependencies: host.project.dependencyFolders,
    mounts: [],
    limits: host.limits,
  });
  const result = await sandbox.run(
    {
      argv: plan.argv,
      env: { ...plan.env, TZ: request.timeZone },
      identity: request.identity ?? "first",
      timeoutMs: Math.max(1, Math.ceil(bounds.timeoutMs)),
      collect: [RESULT_FILE, COVERAGE_FILE],
      collectBytes: COLLECT_BYTES,
    },
    { signal: bounds.signal },
  );
  return toOutcome(result, sandbox, harness.files);
}

/** Lines on files that this process was not to run are none of its business and go. */
function toOutcome(
  result: SandboxResult,
  sandbox: Sandbox,
  files: readonly string[],
): ProcessOutcome {
  const results = result.files.get(RESULT_FILE);
  const coverage = result.files.get(COVERAGE_FILE);
  const { lines, problem } = readLines(results?.content ?? null, results?.truncated ?? false);
  const asked = new Set(files);
  return {
    end: result.end,
    lines: lines.filter((line) => !("fullTitle" in line) || asked.has(line.file)),
    problem,
    coverage: coverage === undefined || coverage.truncated ? null : coverage.content,
    output: toOutput(result),
    workPath: sandbox.pathOf("work"),
  };
}

/** The runner's script, as the work copy sees it. */
function toBinPath(project: ProjectInfo): string | null {
  return project.runnerBinPath === null ? null : toWorkPath(project, project.runnerBinPath);
}
