import type { Gap } from "../../../src/contract/agents.ts";
import type { WrittenCandidate } from "../../../src/contract/candidate.ts";
import { readTests } from "../../../src/emission/written/read-tests.ts";
import { type Exploration, runAgents } from "../../../src/model/model-engine.ts";
import type { ExploreInput, ModelEngineDeps } from "../../../src/model/team.ts";
import type { TryCandidates, TryFaults, TryInputs } from "../../../src/ports/written-tests.ts";
import { aGate, aModel, MODULE, PROJECT, type Asked } from "./scene.ts";

/** Somewhere in the module, one branch. */
export const gap = (name: string): Gap => ({
  file: "src/index.js",
  name,
  lines: { first: 1, last: 1 },
  mutants: [],
  branches: [1],
});

/** What the agents meet; all but `answer` stands for nothing special. */
export interface Scene {
  readonly answer: (asked: Asked) => unknown;
  readonly gate?: TryCandidates;
  readonly tryInputs?: TryInputs;
  readonly faults?: Pick<ExploreInput, "histories"> & { readonly tryFaults: TryFaults };
  readonly mutants?: number;
  readonly gaps?: readonly Gap[];
  readonly isOver?: () => boolean;
  readonly onMessage?: ModelEngineDeps["onMessage"];
}

/** All agents with a model that answers as the scene says. */
export async function run(
  scene: Scene,
): Promise<Exploration & { readonly asked: readonly Asked[] }> {
  const model = aModel(scene.answer);
  const { signal } = new AbortController();
  const exploration = await runAgents(
    {
      model,
      read: readTests,
      tryCandidates: scene.gate ?? aGate({}),
      ...(scene.faults === undefined ? {} : { tryFaults: scene.faults.tryFaults }),
      ...(scene.tryInputs === undefined ? {} : { tryInputs: scene.tryInputs }),
      ...(scene.onMessage === undefined ? {} : { onMessage: scene.onMessage }),
      isolate: ({ fullTitle }: WrittenCandidate) => Promise.resolve(`only ${fullTitle}`),
    },
    {
      project: PROJECT,
      sources: [{ path: "src/index.js", content: MODULE.source }],
      gaps: scene.gaps ?? [],
      histories: scene.faults?.histories ?? [],
      mutants: scene.mutants ?? 0,
      maxRepairs: 3,
      modelName: "p/m",
      isOver: scene.isOver ?? ((): boolean => false),
    },
    { signal },
  );
  return { ...exploration, asked: model.asked };
}

/** By role. */
export const answerWith =
  (answers: Readonly<Record<string, unknown>>): ((asked: Asked) => unknown) =>
  ({ role }) =>
    answers[role] ?? "nothing to say";
