import { z } from "zod";

import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import type { RunRecord } from "../contract/run-record.ts";
import type { Clock } from "../kernel/clock.ts";
import { defineAction } from "../orchestration/action.ts";
import { defineScenario, type Scenario } from "../orchestration/scenario.ts";
import { detectRoot } from "./detect-root.ts";
import { readGenerateScenario, TEST_GENERATION } from "./generate/scenario.ts";
import { readEngine } from "./generate/stored-request.ts";
import { readImproveScenario } from "./improve/scenario.ts";
import { isImprovement, readRounds } from "./improve/stored-improvement.ts";

/** The Scenario of a stored run, whoever began it: for reading its steps, not for executing them. */
export function readStoredScenario(records: readonly RunRecord[]): Scenario {
  const custom = readCustomName(records);
  if (custom !== null) return readCustomScenario(custom, records);
  return isImprovement(records)
    ? readImproveScenario(readRounds(records)).scenario
    : readGenerateScenario(readEngine(records)).scenario;
}

/** Name of the Scenario where it is one of a caller's own, else null. */
export function readCustomName(records: readonly RunRecord[]): string | null {
  const name = findStart(records)?.data["scenario"];
  // Runs of the first release name none.
  if (typeof name !== "string" || name === TEST_GENERATION || isImprovement(records)) return null;
  return name;
}

/** What the log says of the steps of a Scenario, so that they can be reset and explained without its code. */
export function toStoredSteps({ steps }: Scenario): readonly StoredStep[] {
  return steps.map(({ id, after, action }) => ({ id, after, action: action.name }));
}

interface StoredStep {
  readonly id: string;
  readonly after: readonly string[];
  readonly action: string;
}

const stepsSchema: z.ZodType<readonly StoredStep[]> = z.array(
  z.object({ id: z.string(), after: z.array(z.string()), action: z.string() }),
);

function readCustomScenario(name: string, records: readonly RunRecord[]): Scenario {
  const parsed = stepsSchema.safeParse(findStart(records)?.data["steps"]);
  const steps = parsed.data ?? toBegunSteps(records);
  try {
    return defineReadScenario(name, steps);
  } catch {
    // Anybody may have written the log: of steps that wait for each other there is no order.
    return defineReadScenario(name, []);
  }
}

function defineReadScenario(name: string, steps: readonly StoredStep[]): Scenario {
  return defineScenario({
    name,
    title: name,
    strategy: "graph",
    steps: steps.map((step) => ({ ...step, action: toReadAction(step.action) })),
  });
}

/** Runs of earlier releases do not name their steps: those that began, one after the other. */
function toBegunSteps(records: readonly RunRecord[]): readonly StoredStep[] {
  const begun = records.filter((record) => record.name === "action-start");
  const ids = [...new Set(begun.map(({ data }) => String(data["step"])))];
  return ids.map((id, index) => ({
    id,
    action: id,
    after: ids.slice(Math.max(0, index - 1), index),
  }));
}

function toReadAction(name: string): ReturnType<typeof defineAction<unknown, unknown>> {
  return defineAction<unknown, unknown>({
    name,
    title: name,
    input: z.unknown(),
    output: z.unknown(),
    effects: "none",
    run: () => Promise.reject(new Error("a run that is read executes nothing")),
  });
}

function findStart(records: readonly RunRecord[]): RunRecord | undefined {
  return records.find(({ name }) => name === "run-start");
}

/** Which command began a stored run. @throws RunNotFound (RGS-1010) */
export async function readCommand(
  deps: { readonly clock: Clock },
  { run, cwd }: { readonly run: string; readonly cwd: string },
): Promise<"generate" | "improve"> {
  const store = createRunFolderStore(deps, detectRoot(cwd));
  const records = await store.readRecords(await store.resolve(run));
  return isImprovement(records) ? "improve" : "generate";
}
