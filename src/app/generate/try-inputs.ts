import { join } from "node:path";

import type { Baseline } from "../../contract/admission.ts";
import type { ModuleModel } from "../../contract/api-model.ts";
import type { Finding, SearchCandidate } from "../../contract/candidate.ts";
import type { TestProgram } from "../../contract/program.ts";
import { shortHash, toCanonicalJson } from "../../kernel/hash.ts";
import type { ProposeResult } from "../../ports/proposer.ts";
import type { InputsTrial, TryInputs } from "../../ports/written-tests.ts";
import { isMadeFrom } from "../../search/given/is-made-from.ts";
import { toPrograms } from "../../search/given/to-programs.ts";
import { createSearchProposer } from "../../search/search-proposer.ts";
import { INPUTS_FOLDER } from "./model-files.ts";
import type { Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";
import { isCovered, tryInGate, type TrialLimits } from "./trial.ts";

/** Enough to execute what was given, to look round it, and to try it against the mutants that it reaches. */
const EXECUTIONS = 1_200;

const NOTHING: Omit<InputsTrial, "dropped"> = {
  ...{ executed: 0, proposed: 0, admitted: [], rejections: [], findings: [] },
  added: { mutants: 0, branches: 0 },
};

/**
 * A search that begins with the given programs: it executes them, looks near them, tries them against mutants, makes
 * them small and records them, as it does with programs from documentation. What comes of it are ordinary candidates, and findings
 * that are told once: `known` were told before.
 */
export function openInputsTrial(
  scope: RunScope,
  ground: Ground,
  held: Baseline,
  limits: TrialLimits,
  known: readonly Finding[],
): TryInputs {
  const told = new Set(known.map(toBugKey));
  return async ({ module, inputs, by }, { signal }): Promise<InputsTrial> => {
    const { programs, dropped } = toPrograms(inputs, ground.api, module);
    if (programs.length === 0) return { ...NOTHING, dropped };
    const found = await searchFrom(scope, ground, programs, signal);
    const findings = found.findings.filter((finding) => !told.has(toBugKey(finding)));
    for (const finding of findings) told.add(toBugKey(finding));
    const engine = `search ${scope.deps.version}, inputs by ${by}`;
    const candidates = found.candidates
      .filter((candidate) => claimsMore(candidate, held))
      .map((candidate) =>
        isMadeFrom(candidate.program, programs) ? { ...candidate, engine } : candidate,
      );
    const executed = programs.length;
    if (candidates.length === 0) return { ...NOTHING, executed, dropped, findings };
    const trial = await tryInGate({ scope, ground, held, limits }, candidates, signal);
    const admitted = new Set(trial.admitted);
    return {
      ...{ dropped, executed, proposed: candidates.length },
      admitted: candidates.filter(({ id }) => admitted.has(id)),
      rejections: trial.rejections,
      findings,
      added: trial.added,
    };
  };
}

async function searchFrom(
  scope: RunScope,
  ground: Ground,
  programs: readonly TestProgram[],
  signal: AbortSignal,
): Promise<Pick<ProposeResult<SearchCandidate>, "candidates" | "findings">> {
  const { plan, telemetry, deps } = scope;
  const proposer = createSearchProposer(
    {
      clock: deps.clock,
      telemetry,
      sandboxes: ground.sandbox,
      instrumenter: ground.instrumenter,
      readSources: () => Promise.resolve(ground.sources),
    },
    { layers: () => [ground.staged.folder] },
  );
  const withSeeds = (model: ModuleModel): ModuleModel => ({
    ...model,
    seeds: programs.filter(({ module }) => module === model.file),
  });
  return await proposer.propose(
    {
      project: plan.project,
      api: { modules: ground.api.modules.map(withSeeds) },
      only: plan.onlyExports,
      onlyFiles: plan.onlyFiles,
      seed: plan.settings.seed,
      workers: plan.settings.workers,
      budget: { kind: "executions", count: EXECUTIONS },
      // What is executed is recorded there, so that a run which goes on does not do it again.
      saveFolder: join(scope.folder, INPUTS_FOLDER, shortHash(toCanonicalJson(programs))),
    },
    { signal, onProgress: () => undefined },
  );
}

/** Two searches come upon one bug by different calls. What was thrown is of the code; what was returned, of the call. */
export function toBugKey({ kind, where, evidence }: Finding): string {
  const thrown = kind === "undeclared-exception" ? evidence.observed : "";
  return [kind, where, thrown].join("\n");
}

/** Whether it claims a mutant or a branch that nothing has so far; the gate looks for itself. */
function claimsMore({ claims }: SearchCandidate, held: Baseline): boolean {
  return (
    claims.kills.some((id) => !held.kills.includes(id)) ||
    claims.counters.some(
      (counter) => /#b\d+\.\d+$/u.test(counter) && !isCovered(held.coverage, counter),
    )
  );
}
