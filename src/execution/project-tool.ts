import type { ProjectInfo } from "../contract/project.ts";
import type { SandboxBackend, SandboxResult } from "../ports/sandbox.ts";
import { RUNNER_LIMITS } from "./create-test-runner.ts";
import { createLayer } from "./layer.ts";

/** Where the project's own tools run: a private copy of it, with its dependencies, in the sandbox. */
export interface ToolHost {
  readonly sandboxes: Pick<SandboxBackend, "create" | "level">;
  readonly project: ProjectInfo;
  /** Host folder: a staged copy of the project without `node_modules`. */
  readonly baseLayer: string;
  /** Host folder for short-lived layers. */
  readonly scratchFolder: string;
}

export interface ToolRun {
  /** Laid over the copy: work-relative path → content. */
  readonly files: Readonly<Record<string, string>>;
  /** Work-relative script and its arguments. */
  readonly script: readonly string[];
  readonly timeoutMs: number;
  /** Work-relative files to hand back. */
  readonly collect: readonly string[];
}

const COLLECT_BYTES = 4 * 1024 * 1024;

/**
 * Runs one of the project's tools to its end. The tool and its configuration are the target's, so
 * that whatever comes back is hostile input.
 * @throws SandboxSetupFailed (RGS-7002)
 */
export async function runTool(
  host: ToolHost,
  run: ToolRun,
  options: { readonly signal: AbortSignal },
): Promise<SandboxResult> {
  await using layer = await createLayer(host.scratchFolder, run.files);
  await using sandbox = await host.sandboxes.create({
    layers: [host.baseLayer, layer.path],
    dependencies: host.project.dependencyFolders,
    mounts: [],
    limits: RUNNER_LIMITS,
  });
  return await sandbox.run(
    {
      argv: ["node", ...run.script],
      env: { NO_COLOR: "1" },
      timeoutMs: Math.max(1, Math.ceil(run.timeoutMs)),
      collect: run.collect,
      collectBytes: COLLECT_BYTES,
    },
    options,
  );
}

/** Why a tool gave no answer, in a few words; null when it ended with one of the codes it may end with. */
export function toToolProblem(
  result: SandboxResult,
  timeoutMs: number,
  fineCodes: readonly number[],
): string | null {
  const { end } = result;
  switch (end.kind) {
    case "exited": {
      if (fineCodes.includes(end.code)) return null;
      const said = [result.stderr, result.stdout].map(toFirstLine).find((line) => line !== "");
      return `it ended with ${String(end.code)}${said === undefined ? "" : `: ${said}`}`;
    }
    case "timed-out":
      return `it took longer than ${(timeoutMs / 1000).toFixed(1)} s`;
    case "signalled":
      return `it was stopped by ${end.signal}`;
    case "output-exceeded":
      return "it printed too much";
    case "memory-exceeded":
      return "it took too much memory";
    case "cancelled":
      return "it was stopped";
  }
}

const LONGEST_LINE = 200;

/** What a tool prints may steer a terminal, so control characters go. */
function toFirstLine(text: string): string {
  const line = text.split("\n").find((one) => one.trim() !== "") ?? "";
  return line
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, LONGEST_LINE);
}
