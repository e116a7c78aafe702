import { createOwnedFolder } from "../adapters/owned-folder.ts";
import { createRunFolderStore } from "../adapters/store/run-folder.ts";
import { openSuiteFolder } from "../adapters/workspace/suite-folder.ts";
import { EXPOSURE_RECORD, type FlagAssignment } from "../contract/feature-flags.ts";
import type { Clock } from "../kernel/clock.ts";
import { RegooseError } from "../kernel/errors.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import { openRunWriter, type RunWriter } from "../orchestration/run-writer.ts";
import type { RunStore } from "../ports/run-store.ts";
import { assignFlags, withFlags } from "./generate/assign-flags.ts";
import { executeRun, NOTHING_RESTORED } from "./generate/execute.ts";
import { createEngineUnavailable } from "./errors.ts";
import { planRun, type Plan } from "./generate/plan.ts";
import { TEST_GENERATION } from "./generate/scenario.ts";
import type { GenerateDeps, GenerateOptions } from "./generate/run-scope.ts";
import { pinRequest, toPlanFacts } from "./generate/stored-request.ts";
import type { GenerateAnswer, GenerateRequest } from "./generate-types.ts";
import type { ModelFlags } from "./models/open-models.ts";
import { makeSnippetProject } from "./generate/snippet.ts";

/**
 * The main job, as the Scenario `test-generation`. Writes into the project only at the end, in one rename; an
 * interrupted run leaves the project as it was, and its log, from which `resumeRun` goes on.
 * @throws RunFailure once the run exists: the error that ended it, with its id and what there was
 */
export async function generate(
  deps: GenerateDeps,
  request: GenerateRequest,
  options: GenerateOptions,
): Promise<GenerateAnswer> {
  if (request.code === null) return generateForProject(deps, request, options);
  await using snippet = await makeSnippetProject(request);
  return await generateForProject(deps, snippet.request, options);
}

async function generateForProject(
  deps: GenerateDeps,
  request: GenerateRequest,
  options: GenerateOptions,
): Promise<GenerateAnswer> {
  const planned = await planRun(deps.clock, request);
  if (planned.engine === "model") {
    await requireModels(deps, planned, request.models, options.signal);
  }
  await using owned = new DisposeStack();
  const suite = planned.isDryRun ? null : owned.use(await openSuiteFolder(planned.outFolder));
  const store = await openStore(deps.clock, planned, owned);
  const { writer, assignment, plan } = await startRun(deps, store, { request, plan: planned });
  owned.defer(() => writer.release());
  return await executeRun({
    deps,
    options,
    plan,
    assignment,
    store,
    writer,
    suite,
    restored: NOTHING_RESTORED,
    models: request.models,
  });
}

/** Says at once what would end the run later. @throws EngineUnavailable (RGS-2020) */
async function requireModels(
  deps: GenerateDeps,
  plan: Plan,
  flags: ModelFlags = {},
  signal: AbortSignal,
): Promise<void> {
  // A run of the search alone loads nothing of this.
  const { openModels } = await import("./models/open-models.ts");
  try {
    await using models = await openModels(deps, { cwd: plan.project.root, flags }, { signal });
    models.port.models();
  } catch (failure) {
    if (!(failure instanceof RegooseError) || failure.code !== "RGS-4002") throw failure;
    throw createEngineUnavailable("model", failure.message);
  }
}

async function openStore(clock: Clock, plan: Plan, owned: DisposeStack): Promise<RunStore> {
  if (!plan.isDryRun) return createRunFolderStore({ clock }, plan.project.root);
  // A dry run writes nothing into the project, so its log lives and dies elsewhere.
  const folder = owned.use(await createOwnedFolder("dry-run"));
  return createRunFolderStore({ clock }, folder.path);
}

/** What a new run is to do. */
export interface NewRun {
  readonly request: GenerateRequest;
  readonly plan: Plan;
  /** The run that it does again: its flags count here too, and no experiment counts it twice. */
  readonly again?: {
    readonly flags: FlagAssignment;
    readonly origin: { readonly rerunOf: string; readonly from: string };
  };
}

/** A run that has a log. */
export interface StartedRun {
  readonly writer: RunWriter;
  readonly assignment: FlagAssignment;
  /** With what there is to say about its flags. */
  readonly plan: Plan;
}

/** Makes a run, decides its feature flags, and writes down what it is to do, so that another process can. */
export async function startRun(
  { clock, version }: Pick<GenerateDeps, "clock" | "version">,
  store: RunStore,
  { request, plan: planned, again }: NewRun,
): Promise<StartedRun> {
  // Beginning a run may make room by removing the oldest: never the one that this one does again.
  const runId = await store.create({ spare: again === undefined ? [] : [again.origin.rerunOf] });
  const assignment: FlagAssignment =
    again === undefined
      ? await assignFlags({ clock }, runId, planned)
      : { ...again.flags, exposures: [] };
  const plan = withFlags(planned, assignment);
  const writer = await openRunWriter(store.log, runId);
  const data = {
    scenario: TEST_GENERATION,
    target: plan.targetText,
    version,
    request: pinRequest(request, plan),
    plan: toPlanFacts(plan),
    flags: assignment.values,
    evaluations: assignment.evaluations,
    flagDegradations: assignment.degradations,
    ...again?.origin,
  };
  await writer.append({ name: "run-start", data }, { isDurable: true });
  for (const exposure of assignment.exposures)
    await writer.append({ name: EXPOSURE_RECORD, data: { ...exposure } }, { isDurable: true });
  return { writer, assignment, plan };
}
