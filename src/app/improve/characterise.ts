import { join } from "node:path";
import { defaultFlags } from "../../config/flags/registry.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { admitCandidates } from "../generate/admit.ts";
import { planRun } from "../generate/plan.ts";
import { prepareGround } from "../generate/prepare.ts";
import { proposeCandidates } from "../generate/propose.ts";
import type { RunScope } from "../generate/run-scope.ts";
import type { ImproveScope } from "./improve-scope.ts";
import { listGreen, runTests } from "./run-checks.ts";
import type { Analysis, Characterisation, PlanWork } from "./step-schemas.ts";

/** Of the time that is left, what the search for characterisation tests gets, and its gate; at most so much. */
const SHARE = 0.3;
const MOST_MS = 90_000;
/** Stands in work copies only. */
const FOLDER = "regoose-characterisation";

const NOTHING: Characterisation = { files: {}, green: [], executions: 0, degradations: [] };

/**
 * Writes tests of what the files of the plan do today, with the search and the gate of `generate`. They hold the changes to the same
 * behaviour, and nobody keeps them.
 */
export async function characterise(
  scope: ImproveScope,
  analysis: Analysis,
  { plan: changePlan }: PlanWork,
): Promise<Characterisation> {
  const { plan } = scope;
  const tests = new Set(plan.project.testFiles);
  const targets = changePlan.files
    .map(({ path }) => path)
    .filter((path) => Object.hasOwn(analysis.files, path) && !tests.has(path));
  if (targets.length === 0) return NOTHING;
  try {
    return await generateFor(scope, analysis, targets);
  } catch (failure) {
    // Files that export nothing, or do not load, have no behaviour that a test could call.
    if (!(failure instanceof RegooseError) || failure.errorClass !== "user") throw failure;
    const why = failure.message;
    return { ...NOTHING, degradations: [toSentence("improve-uncharacterised", { why })] };
  }
}

async function generateFor(
  scope: ImproveScope,
  analysis: Analysis,
  targets: readonly string[],
): Promise<Characterisation> {
  const { deps, plan, calls, telemetry } = scope;
  const { root, testsFolder } = plan.project;
  const { seed, workers, sandbox, reruns } = plan.settings;
  const generation = await planRun(deps.clock, {
    targets: targets.map((path) => join(root, path)),
    code: null,
    cwd: root,
    flags: {
      engine: "search",
      maxTimeMs: Math.min(MOST_MS, plan.deadline.remainingMs() * SHARE),
      maxExecutions: plan.settings.maxExecutions ?? undefined,
      framework: plan.runner,
      out: join(root, testsFolder, FOLDER),
      baseline: "none",
      ...{ seed, workers, sandbox, reruns },
    },
  });
  await using ground = await prepareGround(
    { ...deps, calls, telemetry },
    { ...generation, sandbox, workers },
  );
  const generating: RunScope = {
    ...scope,
    plan: generation,
    flags: defaultFlags(),
    searchedMs: 0,
    gatedMs: 0,
    models: {},
    replaysModels: false,
  };
  const proposal = await proposeCandidates(generating, ground);
  const { candidates, executions } = proposal;
  const admission = await admitCandidates(generating, ground, { baseline: null, candidates });
  const { files } = admission;
  const run = Object.keys(files);
  const stage = await scope.openStage(analysis, scope.options.signal);
  const green =
    run.length === 0
      ? []
      : listGreen(await runTests(scope, stage, { run, overlay: {}, added: files }));
  const [why = "nothing was found that a test could hold on to"] = proposal.obstacles;
  return {
    ...{ files, green, executions },
    degradations: green.length === 0 ? [toSentence("improve-uncharacterised", { why })] : [],
  };
}
