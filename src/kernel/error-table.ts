/** What went wrong, seen from the person who has to act on it. */
export type ErrorClass =
  "transient" | "rate-limited" | "permanent" | "configuration" | "user" | "defect" | "cancelled";

/** What an error is to a program: its name, its class, and how the edges report it. */
export interface ErrorFacts {
  /** Readable, such as `LeaseLost`. */
  readonly name: string;
  readonly class: ErrorClass;
  /** Exit code of the command that it ends: see `docs/exit-codes.md`. */
  readonly exit: number;
  /** Status where a server answers with it. */
  readonly http: number;
}

/**
 * The one table of errors: code → name → class → exit code → HTTP status. Words for people stand in
 * `error-advice.ts`. A row is never changed in meaning and a code never used twice.
 */
export const ERROR_TABLE = {
  // The target and stored runs.
  "RGS-1001": { name: "TargetNotFound", class: "user", exit: 2, http: 422 },
  // Analysis ran and found nothing that a test could be written for.
  "RGS-1002": { name: "EmptyPackage", class: "user", exit: 3, http: 422 },
  "RGS-1003": { name: "SourceSyntaxError", class: "user", exit: 2, http: 422 },
  "RGS-1004": { name: "NativeAddonOnly", class: "user", exit: 2, http: 422 },
  "RGS-1005": { name: "InvalidPackageJson", class: "user", exit: 2, http: 422 },
  "RGS-1006": { name: "ExportNotFound", class: "user", exit: 2, http: 422 },
  "RGS-1007": { name: "UnsupportedTarget", class: "user", exit: 2, http: 422 },
  "RGS-1008": { name: "CodeSyntaxError", class: "user", exit: 2, http: 422 },
  "RGS-1010": { name: "RunNotFound", class: "user", exit: 2, http: 404 },
  "RGS-1011": { name: "StoredRunUnreadable", class: "user", exit: 2, http: 422 },
  "RGS-1012": { name: "ProjectTooLarge", class: "user", exit: 2, http: 413 },
  "RGS-1013": { name: "RunUnfinished", class: "user", exit: 2, http: 409 },
  "RGS-1014": { name: "RunBusy", class: "user", exit: 2, http: 409 },
  "RGS-1016": { name: "ArtifactTooLarge", class: "user", exit: 2, http: 413 },
  "RGS-1017": { name: "ArtifactDamaged", class: "permanent", exit: 7, http: 500 },
  "RGS-1018": { name: "LostOwnership", class: "permanent", exit: 7, http: 500 },
  "RGS-1019": { name: "ActionTimedOut", class: "transient", exit: 7, http: 504 },
  "RGS-1020": { name: "NoSuchStep", class: "user", exit: 2, http: 422 },
  "RGS-1021": { name: "StepDataInvalid", class: "user", exit: 2, http: 422 },
  "RGS-1022": { name: "NotResumable", class: "user", exit: 2, http: 409 },
  "RGS-1023": { name: "SourcesChanged", class: "user", exit: 2, http: 409 },
  "RGS-1024": { name: "TraceMissing", class: "user", exit: 2, http: 404 },
  "RGS-1030": { name: "ExperimentNotFound", class: "user", exit: 2, http: 404 },
  // The runs were read and are too few to say anything.
  "RGS-1031": { name: "ExperimentTooSmall", class: "user", exit: 3, http: 409 },
  // 143 where the signal was TERM, 129 where it was HUP. 499 is nginx's "client closed request": no registered status says it.
  "RGS-1300": { name: "Interrupted", class: "cancelled", exit: 130, http: 499 },

  // Usage and configuration.
  "RGS-2001": { name: "ConfigInvalid", class: "configuration", exit: 2, http: 422 },
  "RGS-2002": { name: "ConfigUnreadable", class: "configuration", exit: 2, http: 422 },
  "RGS-2003": { name: "InvalidDuration", class: "configuration", exit: 2, http: 422 },
  "RGS-2004": { name: "UnknownConfigKey", class: "configuration", exit: 2, http: 422 },
  "RGS-2005": { name: "SecretUnavailable", class: "configuration", exit: 2, http: 422 },
  "RGS-2010": { name: "UsageError", class: "configuration", exit: 2, http: 400 },
  "RGS-2020": { name: "EngineUnavailable", class: "configuration", exit: 2, http: 422 },
  "RGS-2021": { name: "MixedProjects", class: "user", exit: 2, http: 422 },
  "RGS-2022": { name: "OutputOutsideProject", class: "user", exit: 2, http: 422 },
  "RGS-2023": { name: "NoCode", class: "user", exit: 2, http: 422 },
  "RGS-2024": { name: "ConfigExists", class: "user", exit: 2, http: 409 },
  "RGS-2025": { name: "TestCommandMissing", class: "configuration", exit: 2, http: 422 },
  "RGS-2030": { name: "TerminalNeeded", class: "user", exit: 2, http: 422 },

  // The suite and loading.
  "RGS-3001": { name: "OutputBusy", class: "user", exit: 2, http: 409 },
  "RGS-3002": { name: "OutputConflict", class: "user", exit: 2, http: 409 },
  "RGS-3003": { name: "OutputUnwritable", class: "permanent", exit: 7, http: 500 },
  "RGS-3010": { name: "TargetDoesNotLoad", class: "user", exit: 2, http: 422 },
  "RGS-3011": { name: "NoSuite", class: "user", exit: 2, http: 404 },
  "RGS-3012": { name: "ProofDamaged", class: "user", exit: 2, http: 422 },
  // The run ended well and left nothing; a card that does not hold is what `verify` is asked for.
  "RGS-3013": { name: "NothingKept", class: "user", exit: 3, http: 422 },
  "RGS-3014": { name: "ProofNotHeld", class: "user", exit: 3, http: 422 },

  // Code improvement.
  "RGS-3101": { name: "ModelNotNamed", class: "configuration", exit: 2, http: 422 },
  // The run ended well; what came out waits, or nothing did.
  "RGS-3102": { name: "NotConfirmed", class: "user", exit: 3, http: 409 },
  "RGS-3103": { name: "GoalNotReached", class: "user", exit: 3, http: 422 },
  "RGS-3104": { name: "FilesChanged", class: "user", exit: 2, http: 409 },
  "RGS-3105": { name: "NoChanges", class: "user", exit: 2, http: 409 },

  // Language models. Exit codes 4 to 6 are theirs.
  "RGS-4001": { name: "KeyRejected", class: "configuration", exit: 4, http: 502 },
  "RGS-4002": { name: "NoModel", class: "configuration", exit: 4, http: 422 },
  "RGS-4003": { name: "ModelRequestRejected", class: "permanent", exit: 5, http: 502 },
  "RGS-4004": { name: "ParameterRefused", class: "configuration", exit: 2, http: 422 },
  "RGS-4005": { name: "ModelGone", class: "permanent", exit: 5, http: 502 },
  "RGS-4006": { name: "ContextOverflow", class: "permanent", exit: 5, http: 502 },
  "RGS-4007": { name: "ModelRateLimited", class: "rate-limited", exit: 75, http: 429 },
  "RGS-4008": { name: "ProviderDown", class: "transient", exit: 5, http: 502 },
  "RGS-4009": { name: "ModelTimedOut", class: "transient", exit: 75, http: 504 },
  "RGS-4010": { name: "StreamBroken", class: "transient", exit: 5, http: 502 },
  "RGS-4011": { name: "AnswerMalformed", class: "transient", exit: 5, http: 502 },
  "RGS-4012": { name: "AnswerInvalid", class: "permanent", exit: 5, http: 502 },
  "RGS-4013": { name: "AnswerEmpty", class: "transient", exit: 5, http: 502 },
  "RGS-4014": { name: "AnswerRefused", class: "permanent", exit: 5, http: 502 },
  "RGS-4015": { name: "AnswerCut", class: "permanent", exit: 5, http: 502 },
  "RGS-4016": { name: "BudgetReached", class: "user", exit: 6, http: 402 },
  "RGS-4017": { name: "QuotaExhausted", class: "permanent", exit: 5, http: 502 },
  "RGS-4018": { name: "CapabilityMissing", class: "configuration", exit: 5, http: 422 },
  "RGS-4019": { name: "NotRecorded", class: "user", exit: 2, http: 422 },
  "RGS-4020": { name: "PriceUnknown", class: "configuration", exit: 2, http: 422 },
  "RGS-4021": { name: "ConnectionRefused", class: "configuration", exit: 5, http: 502 },
  "RGS-4022": { name: "LocalLibraryMissing", class: "configuration", exit: 4, http: 422 },
  "RGS-4031": { name: "MockScriptInvalid", class: "user", exit: 2, http: 422 },

  // The server and its requests.
  "RGS-5001": { name: "AddressRefused", class: "configuration", exit: 2, http: 422 },
  "RGS-5002": { name: "AddressUnavailable", class: "permanent", exit: 7, http: 500 },
  "RGS-5003": { name: "ServerRunning", class: "user", exit: 2, http: 409 },
  "RGS-5010": { name: "Unauthorized", class: "user", exit: 2, http: 401 },
  // RFC 9110, section 15.5.20: the request was meant for another host.
  "RGS-5011": { name: "HostRefused", class: "user", exit: 2, http: 421 },
  "RGS-5012": { name: "RequestInvalid", class: "user", exit: 2, http: 400 },
  "RGS-5013": { name: "NoSuchResource", class: "user", exit: 2, http: 404 },
  "RGS-5014": { name: "RequestTooLarge", class: "user", exit: 2, http: 413 },
  "RGS-5015": { name: "KeyReused", class: "user", exit: 2, http: 422 },
  "RGS-5016": { name: "NotTaking", class: "transient", exit: 75, http: 503 },
  "RGS-5017": { name: "RunProcessEnded", class: "transient", exit: 7, http: 503 },

  // Sandbox and environment.
  "RGS-7001": { name: "SandboxUnavailable", class: "permanent", exit: 7, http: 500 },
  "RGS-7002": { name: "SandboxSetupFailed", class: "permanent", exit: 7, http: 500 },
  "RGS-7003": { name: "SandboxProcessGone", class: "transient", exit: 7, http: 503 },
  "RGS-7010": { name: "RunFolderUnwritable", class: "permanent", exit: 7, http: 500 },
  "RGS-7011": { name: "StagingFailed", class: "permanent", exit: 7, http: 500 },
  "RGS-7012": { name: "ConfigUnwritable", class: "permanent", exit: 7, http: 500 },
  "RGS-7013": { name: "DiskFull", class: "permanent", exit: 7, http: 507 },
  "RGS-7014": { name: "NotReady", class: "permanent", exit: 7, http: 503 },
  "RGS-7015": { name: "FindingsUnwritable", class: "permanent", exit: 7, http: 500 },
  "RGS-7101": { name: "RunnerNeedsNamespace", class: "permanent", exit: 7, http: 422 },
  "RGS-7102": { name: "RunnerNotInstalled", class: "configuration", exit: 2, http: 422 },
  "RGS-7103": { name: "DependenciesUnusable", class: "configuration", exit: 2, http: 422 },
  "RGS-7104": { name: "ModelCodeNeedsNamespace", class: "permanent", exit: 7, http: 422 },
  // Calls to the outside, also after retries.
  "RGS-7501": { name: "CallTimedOut", class: "transient", exit: 75, http: 504 },
  "RGS-7502": { name: "CircuitOpen", class: "transient", exit: 75, http: 503 },
  "RGS-7503": { name: "QueueFull", class: "rate-limited", exit: 75, http: 429 },
  "RGS-7504": { name: "MachineBusy", class: "transient", exit: 75, http: 503 },

  // Defects.
  "RGS-9001": { name: "InternalDefect", class: "defect", exit: 1, http: 500 },
} as const;

/** A stable error code that this version knows. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** The row of a code. */
export function toErrorFacts(code: ErrorCode): ErrorFacts {
  return ERROR_TABLE[code];
}
