/** The curated public surface: run the main job and read its results from code. */
export { generate } from "./app/generate.ts";
export type { GenerateDeps, GenerateOptions } from "./app/generate/run-scope.ts";
export type {
  GenerateAnswer,
  GenerateFlags,
  GenerateProgress,
  GenerateRequest,
} from "./app/generate-types.ts";
export { resetRun, type ResetAnswer } from "./app/reset.ts";
export { explainRun, type WhyData } from "./app/why.ts";
export type { Cause } from "./orchestration/diagnose.ts";
export { replayRun, rerunRun, resumeRun, type RunName } from "./app/resume.ts";
export {
  replayCustomScenario,
  runCustomScenario,
  type CustomRunAnswer,
  type CustomRunOptions,
} from "./app/run-custom-scenario.ts";
export {
  defineAction,
  type Action,
  type ActionContext,
  type RetryPolicy,
} from "./orchestration/action.ts";
export {
  defineScenario,
  defineStep,
  type Scenario,
  type Step,
  type StepResults,
  type Strategy,
} from "./orchestration/scenario.ts";
export { RunFailure } from "./app/errors.ts";
export { estimateCost } from "./app/models/estimate-cost.ts";
export type { CostEstimate, PlannedCalls, PlannedCost } from "./contract/model/estimate.ts";
export { askModel, type AskInput } from "./app/models/ask-model.ts";
export type { ModelFlags } from "./app/models/model-config.ts";
export type { ModelAnswer, ModelAttempt } from "./contract/model/answer.ts";
export type { NotedChange } from "./contract/model/changes.ts";
export type {
  ModelParameters,
  ParameterChange,
  ParameterPolicy,
} from "./contract/model/parameters.ts";
export type { ModelRequest, ModelRole } from "./contract/model/request.ts";
export type { ParameterWishes } from "./contract/model/wishes.ts";
export type { ModelCallOptions, ModelEvent } from "./ports/model.ts";
export { verify, type VerifyData } from "./app/verify.ts";
export type { Candidate, Finding, Rejection, RejectionReason } from "./contract/candidate.ts";
export type {
  Envelope,
  GenerateData,
  RunOutcome,
  RunResult,
  SandboxLevel,
} from "./contract/envelope.ts";
export type { ProofCard, ProofFile, ProofMutant } from "./contract/proof-card.ts";
export { createSystemClock, type Clock } from "./kernel/clock.ts";
export type { ErrorClass, ErrorCode } from "./kernel/error-table.ts";
export { RegooseError, type ErrorCause, type SideEffect } from "./kernel/errors.ts";
