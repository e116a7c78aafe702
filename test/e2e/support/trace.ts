import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { checkTrace, mayBeCut, parseTrace } from "../../../src/telemetry/tracing/trace-tree.ts";

/**
 * Fails unless the newest run of a project has a whole trace: one connected tree, with a span for each Action that
 * the log says has ended. A run that was resumed may have lost spans of a process that was killed, and one that had
 * ended before was only read.
 */
export async function expectWholeTrace(root: string, command = "generate"): Promise<void> {
  const runs = join(root, ".regoose", "runs");
  const runId = existsSync(runs) ? (await readdir(runs)).sort().at(-1) : undefined;
  if (runId === undefined) return;
  const store = createRunFolderStore({ clock: createSystemClock() }, root);
  const records = await store.readRecords(runId);
  if (command === "resume" && !records.some(({ name }) => name === "run-resume")) return;
  const lines = parseTrace(await readFile(join(runs, runId, "trace.ndjson"), "utf8"));
  const problems = checkTrace(runId, lines, records, { mayBeCut: mayBeCut(records) });
  if (problems.length > 0)
    throw new Error(`the trace of ${runId} is not whole: ${problems.join("; ")}`);
}
