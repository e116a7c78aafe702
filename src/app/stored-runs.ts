import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import { detectRoot } from "./detect-root.ts";
import type { AdmissionResult } from "../contract/admission.ts";
import type { RunResult } from "../contract/envelope.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SourceText } from "../ports/mutant-engine.ts";
import type { RunEvent, RunHandle, RunStore, RunSummary } from "../ports/run-store.ts";

const REPORT_INPUT = "report-input.json";

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

/** The log of one run. @throws RunNotFound (RGS-1010) */
export async function showRun(
  deps: { readonly clock: Clock },
  cwd: string,
  run: string,
): Promise<{
  readonly id: string;
  readonly events: readonly (RunEvent & { readonly at: string })[];
}> {
  const store = openStore(deps.clock, cwd);
  const id = await store.resolve(run);
  return { id, events: await store.readEvents(id) };
}

/** Keeps everything that reports draw from with the run. */
export async function storeReport(
  run: RunHandle,
  input: { readonly result: RunResult; readonly admission: AdmissionResult; readonly sources: readonly SourceText[] },
): Promise<void> {
  await run.writeArtifact(REPORT_INPUT, `${JSON.stringify(input)}\n`);
}
