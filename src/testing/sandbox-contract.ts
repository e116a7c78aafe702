import type { SandboxLaw } from "./sandbox-bench.ts";
import { COLLECT_LAWS, CONTENT_LAWS } from "./sandbox-content-laws.ts";
import { END_LAWS } from "./sandbox-end-laws.ts";
import { PROCESS_LAWS } from "./sandbox-process-laws.ts";

/**
 * The laws of the sandbox port, for any test runner: run each against a fresh {@link openSandboxBench}.
 */
export function sandboxContract(): readonly SandboxLaw[] {
  return [...CONTENT_LAWS, ...COLLECT_LAWS, ...END_LAWS, ...PROCESS_LAWS];
}
