import { DROPPED_ID } from "../host-tools.ts";

/** What has to happen, as the user we are, before bwrap may start. */
export interface HostCommandInput {
  readonly bwrap: string;
  /** Path of setpriv when we are root and have to drop that. */
  readonly setpriv: string | null;
  /** Path of unshare, for a mount namespace of our own; needed for `mounts`. */
  readonly unshare: string | null;
  /** Folders bound where the dropped user can reach them, visible to this box alone. */
  readonly mounts: readonly { readonly from: string; readonly to: string }[];
  /** `cgroup.procs` (v2) or `tasks` (v1) files to join. */
  readonly joinFiles: readonly string[];
}

/**
 * The host-side command line: each program replaces the one before by exec, so that the process we
 * start is bwrap itself in the end, our direct child, and dies with us.
 */
export function toHostCommand(input: HostCommandInput, boxArguments: readonly string[]): string[] {
  const id = String(DROPPED_ID);
  const drop =
    input.setpriv === null
      ? []
      : [input.setpriv, "--reuid", id, "--regid", id, "--clear-groups", "--"];
  const box = [...drop, input.bwrap, ...boxArguments];
  const steps = [
    ...input.joinFiles.map((file) => `echo $$ >${quote(file)} || exit 125`),
    ...input.mounts.map(({ from, to }) => `mount --bind ${quote(from)} ${quote(to)} || exit 125`),
  ];
  if (steps.length === 0) return box;
  const shell = ["/bin/sh", "-c", [...steps, 'exec "$@"'].join("\n"), "regoose", ...box];
  if (input.mounts.length === 0) return shell;
  if (input.unshare === null) throw new Error("mounts need a mount namespace");
  return [input.unshare, "--mount", "--propagation", "private", "--", ...shell];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
