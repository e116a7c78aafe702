import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import { detectRoot } from "./detect-root.ts";
import type { Clock } from "../kernel/clock.ts";
import {
  createNoTestReport,
  createNotOurScenario,
  createRunUnfinished,
  createTraceMissing,
} from "./errors.ts";
import type { AgentState } from "../contract/agents.ts";
import { type Exchange, readAgentStates, readExchanges } from "./models/agent-journal.ts";
import { isImprovement } from "./improve/stored-improvement.ts";
import { readCustomName } from "./stored-scenario.ts";
import { TRACE_FILE, type SpanNode } from "../contract/trace.ts";
import { renderReport, type ReportFormat } from "../reporting/render-report.ts";
import { renderWaterfall } from "../reporting/text/waterfall.ts";
import { parseReportInput, REPORT_INPUT_FILE } from "../reporting/report-input.ts";
import {
  buildTree,
  checkTrace,
  mayBeCut,
  mergeSpans,
  parseTrace,
} from "../telemetry/tracing/trace-tree.ts";
import type { RunRecord } from "../contract/run-record.ts";
import type { RunStore, RunSummary } from "../ports/run-store.ts";

function openStore(clock: Clock, cwd: string): RunStore {
  return createRunFolderStore({ clock }, detectRoot(cwd));
}

/** Runs of the project around `cwd`, newest first. */
export async function listRuns(
  deps: { readonly clock: Clock },
  cwd: string,
): Promise<readonly RunSummary[]> {
  return openStore(deps.clock, cwd).list();
}

/** The log of one run, and what agents have done in it. @throws RunNotFound (RGS-1010) */
export async function showRun(
  deps: { readonly clock: Clock },
  cwd: string,
  run: string,
): Promise<{
  readonly id: string;
  readonly events: readonly RunRecord[];
  /** Empty where no model was asked, or where the step that asks was reset. */
  readonly agents: readonly AgentState[];
  /** What agents were told and what they came to, in order; of `generate` alone. */
  readonly messages: readonly Exchange[];
}> {
  const store = openStore(deps.clock, cwd);
  const id = await store.resolve(run);
  const folder = store.folderOf(id);
  return {
    id,
    events: await store.readRecords(id),
    agents: await readAgentStates(folder),
    messages: await readExchanges(folder),
  };
}

/**
 * The spans of one run as a tree, and what is wrong with them, one sentence each.
 * @throws RunNotFound (RGS-1010), TraceMissing (RGS-1024)
 */
export async function showTrace(
  deps: { readonly clock: Clock },
  cwd: string,
  run: string,
): Promise<{
  readonly id: string;
  readonly trace: SpanNode;
  readonly problems: readonly string[];
}> {
  const store = openStore(deps.clock, cwd);
  const id = await store.resolve(run);
  const lines = parseTrace(await readTrace(store, id));
  const trace = buildTree(mergeSpans(lines));
  if (trace === null) throw createTraceMissing(id);
  const records = await store.readRecords(id);
  return { id, trace, problems: checkTrace(id, lines, records, { mayBeCut: mayBeCut(records) }) };
}

async function readTrace(store: RunStore, runId: string): Promise<string> {
  try {
    return await store.readFile(runId, TRACE_FILE);
  } catch (failure) {
    throw createTraceMissing(runId, failure);
  }
}

/** Draws a trace for a terminal. */
export async function renderTrace(
  trace: SpanNode,
  style: { readonly color: boolean; readonly columns: number },
): Promise<string> {
  const { createColors } = await import("picocolors").then((module) => module.default);
  return renderWaterfall(trace, { columns: style.columns, colors: createColors(style.color) });
}

/**
 * Draws the report of a stored run.
 * @throws RunNotFound (RGS-1010), StoredRunUnreadable (RGS-1011), RunUnfinished (RGS-1013)
 */
export async function renderStoredReport(
  deps: { readonly clock: Clock },
  input: {
    readonly run: string;
    readonly cwd: string;
    readonly format: ReportFormat;
    readonly color: boolean;
    readonly columns: number;
  },
): Promise<{ readonly runId: string; readonly content: string }> {
  const store = openStore(deps.clock, input.cwd);
  const runId = await store.resolve(input.run);
  const stored = parseReportInput(await readStored(store, runId));
  return { runId, content: await renderReport(input.format, stored, input) };
}

/** The run is there: what is missing is its result, because it was stopped or failed before it had one. */
async function readStored(store: RunStore, runId: string): Promise<string> {
  try {
    return await store.readFile(runId, REPORT_INPUT_FILE);
  } catch (failure) {
    const records = await store.readRecords(runId);
    if (isImprovement(records)) throw createNoTestReport(runId, failure);
    const custom = readCustomName(records);
    if (custom !== null) throw createNotOurScenario(runId, custom);
    throw createRunUnfinished(runId, failure);
  }
}
