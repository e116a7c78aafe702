import type { SandboxLevel } from "../contract/envelope.ts";
import type { RunnerAdapter } from "../ports/runner-adapter.ts";
import { RunnerNeedsNamespace } from "./errors.ts";

/**
 * Says before any work that a runner cannot work at a level.
 * @throws RunnerNeedsNamespace (RGS-7101)
 */
export function requireLevel(
  adapter: Pick<RunnerAdapter, "name" | "needsChildProcesses">,
  level: SandboxLevel,
): void {
  if (adapter.needsChildProcesses && level !== "namespace") {
    throw new RunnerNeedsNamespace(adapter.name, level);
  }
}
