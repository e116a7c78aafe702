import type { ProjectInfo, RunnerName } from "../contract/project.ts";
import { createRunnerNotInstalled } from "./errors.ts";

/**
 * Says before any work that the runner that was asked for is not there. One that was only detected is installed.
 * @throws RunnerNotInstalled (RGS-7102)
 */
export function requireInstalled(
  { root, runnerBinPath }: Pick<ProjectInfo, "root" | "runnerBinPath">,
  runner: RunnerName,
): void {
  // Node has its own.
  if (runner !== "node" && runnerBinPath === null) throw createRunnerNotInstalled(runner, root);
}
