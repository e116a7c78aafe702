import { readLogText } from "../adapters/store/log-lines.ts";
import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import { LOG_FILE } from "../adapters/store/run-log-files.ts";
import type { RunResult } from "../contract/envelope.ts";
import type { Clock } from "../kernel/clock.ts";
import { restoreResults } from "../orchestration/checkpoints.ts";
import { diagnose, type Cause } from "../orchestration/diagnose.ts";
import type { RunStore } from "../ports/run-store.ts";
import { runResultSchema } from "../reporting/report-schema.ts";
import { detectRoot } from "./detect-root.ts";
import type { RunName } from "./resume.ts";
import { readCustomName, readStoredScenario } from "./stored-scenario.ts";

/** What `regoose why` answers. */
export interface WhyData {
  readonly runId: string;
  readonly outcome: string;
  /** The likeliest first; never empty. */
  readonly causes: readonly Cause[];
}

/**
 * Ranks the causes of how a run ended, from its log and its stored results. Executes nothing.
 * @throws RunNotFound (RGS-1010)
 */
export async function explainRun(
  deps: { readonly clock: Clock },
  { run, cwd }: RunName,
): Promise<WhyData> {
  const store = createRunFolderStore(deps, detectRoot(cwd));
  const runId = await store.resolve(run);
  const records = await store.readRecords(runId);
  const result = await readResult(store, runId);
  const { damaged, history } = await restoreResults(store.artifacts, readStoredScenario(records), {
    runId,
    records,
  });
  const { data, rejections } = result ?? { data: null, rejections: [] };
  const isOwned = await store.log.isOwned(runId);
  const causes = diagnose({
    runId,
    records,
    isOwned,
    isSuspended: isOwned && (await store.log.isSuspended(runId)),
    epoch: await store.log.epochOf(runId),
    // A line that is being written at this moment is not damaged.
    hasDamage: !isOwned && (await hasDamage(store, runId)),
    damaged,
    degradations: data?.degradations ?? [],
    notes: data?.notes ?? [],
    tests: data?.suite.tests ?? null,
    findings: data?.findings.length ?? 0,
    rejected: data?.candidates.rejected ?? {},
    examples: Object.fromEntries(
      rejections.map(({ reason, detail, title }) => [
        reason,
        `${title ?? "a candidate"}: ${detail}`,
      ]),
    ),
    mutants: data?.mutation.suite ?? null,
  });
  const isCustom = readCustomName(records) !== null;
  return {
    runId,
    outcome: history.outcome ?? (isOwned ? "running" : "interrupted"),
    causes: isCustom ? causes.map(toCallCause(runId)) : causes,
  };
}

/** No command executes a Scenario of the caller's own: where one is advised, its program calls the library instead. */
function toCallCause(runId: string): (cause: Cause) => Cause {
  const isExecuting = /^regoose (?:generate|resume|rerun|report)\b/u;
  const next = `call \`runCustomScenario\` with \`resume: "${runId}"\`, or \`replayCustomScenario\` to read what there is`;
  return (cause) => (isExecuting.test(cause.next) ? { ...cause, next } : cause);
}

/** Damage that the log has now, or that was cut off when the run was last taken up. */
async function hasDamage(store: RunStore, runId: string): Promise<boolean> {
  const read = (name: string): Promise<string> => store.readFile(runId, name).catch(() => "");
  const text = await read(LOG_FILE);
  const isWhole = readLogText(text).goodBytes === Buffer.byteLength(text);
  return !isWhole || (await read(`${LOG_FILE}.damaged`)) !== "";
}

/** The stored result, or null where the run had none or it cannot be read. */
async function readResult(store: RunStore, runId: string): Promise<RunResult | null> {
  try {
    return runResultSchema.parse(JSON.parse(await store.readFile(runId, "result.json")));
  } catch {
    return null;
  }
}
