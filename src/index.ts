/** The curated public surface: run the main job and read its results from code. */
export { generate, type GenerateDeps, type GenerateOptions } from "./app/generate.ts";
export type {
  GenerateAnswer,
  GenerateFlags,
  GenerateProgress,
  GenerateRequest,
} from "./app/generate-types.ts";
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
export { RegooseError, type ErrorClass } from "./kernel/errors.ts";
