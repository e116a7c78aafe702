import { pathToFileURL } from "node:url";
import type { SandboxLimits } from "../../../ports/sandbox.ts";
import { DROPPED_ID, toOpenFiles } from "../host-tools.ts";
import type { GuardedDependency } from "./guard-modules.ts";

/** Tools of the host that a guarded process is started through, where there are any. */
export interface GuardTools {
  readonly setpriv: string | null;
  readonly prlimit: string | null;
  /** True when we are root and give that up (needs setpriv). */
  readonly dropsUser: boolean;
}

export interface GuardArgumentsInput {
  readonly tools: GuardTools;
  readonly node: string;
  readonly preload: string;
  readonly limits: SandboxLimits;
  readonly cpuSeconds: number;
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  readonly dependencies: readonly GuardedDependency[];
  /** Arguments after `node`. */
  readonly argv: readonly string[];
}

/** The host-side command line of a guarded process: user, limits, permissions, guard, program. */
export function toGuardArguments(input: GuardArgumentsInput): string[] {
  const { tools, limits } = input;
  const id = String(DROPPED_ID);
  const user = tools.dropsUser ? ["--reuid", id, "--regid", id, "--clear-groups"] : [];
  return [
    // The parent-death signal survives exec, and a change of user before it does no harm.
    tools.setpriv === null ? [] : [tools.setpriv, ...user, "--pdeathsig", "KILL", "--"],
    tools.prlimit === null
      ? []
      : [
          tools.prlimit,
          `--data=${limits.memoryBytes}`,
          `--fsize=${limits.fileBytes}`,
          `--cpu=${input.cpuSeconds}`,
          `--nofile=${toOpenFiles()}`,
          "--core=0",
          "--",
        ],
    [input.node, "--permission"],
    toOptionalFlags(),
    [...input.readable, ...input.writable].map((path) => `--allow-fs-read=${path}`),
    input.writable.map((path) => `--allow-fs-write=${path}`),
    ["--import", toPreloadUrl(input)],
    input.argv,
  ].flat();
}

/** SQLite opens any file, permission model or not; flags come and go between Node versions. */
function toOptionalFlags(): string[] {
  const isKnown = process.allowedNodeEnvironmentFlags.has("--experimental-sqlite");
  return isKnown ? ["--no-experimental-sqlite"] : [];
}

function toPreloadUrl({ preload, dependencies, writable }: GuardArgumentsInput): string {
  const url = pathToFileURL(preload);
  url.searchParams.set("dependencies", JSON.stringify(dependencies));
  for (const path of writable) url.searchParams.append("writable", path);
  return url.href;
}
