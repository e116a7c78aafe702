import type { SandboxIdentity, SandboxLimits } from "../../../ports/sandbox.ts";
import { BOX_NODE_FOLDER, BOX_ROOT, type BoxLayout } from "./box-layout.ts";

/** A host path shown inside, read-only. */
export interface BoxBind {
  readonly hostPath: string;
  readonly boxPath: string;
}

/** How a top-level folder of the host appears: as a link, a read-only view, or not at all. */
export interface SystemEntry {
  readonly path: string;
  readonly linkTarget: string | null;
}

/** Everything that decides the command line of bwrap. */
export interface BoxArgumentsInput {
  readonly layout: BoxLayout;
  readonly limits: SandboxLimits;
  readonly system: readonly SystemEntry[];
  readonly binds: readonly BoxBind[];
  readonly env: Readonly<Record<string, string>>;
  readonly hasSeccomp: boolean;
  readonly canDisableUserns: boolean;
  readonly identity: SandboxIdentity;
  readonly script: string;
  readonly argv: readonly string[];
}

/** Who the program is inside, by identity. */
export const BOX_USERS: Readonly<
  Record<SandboxIdentity, { readonly id: string; readonly name: string; readonly host: string }>
> = {
  first: { id: "1000", name: "regoose", host: "regoose" },
  second: { id: "1742", name: "gander", host: "pond-2" },
};

/** Share of `workBytes` that is `/tmp`; the rest is the work copy's file system. */
const TMP_SHARE = 0.25;
/** Shared memory of a box, bytes; out of `workBytes` too, so that all three add up to it. */
const SHM_BYTES = 1024 * 1024;

/**
 * The arguments of bwrap: an allow-list of read-only views, three size-limited tmpfs and nothing else
 * that can be written, in fresh namespaces without capabilities.
 */
export function toBoxArguments(input: BoxArgumentsInput): string[] {
  const user = BOX_USERS[input.identity];
  const tmpBytes = Math.floor(input.limits.workBytes * TMP_SHARE);
  return [
    ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"],
    input.canDisableUserns ? ["--disable-userns"] : [],
    ["--uid", user.id, "--gid", user.id, "--cap-drop", "ALL", "--hostname", user.host],
    input.hasSeccomp ? ["--seccomp", "3"] : [],
    input.system.flatMap(({ path, linkTarget }) =>
      linkTarget === null ? ["--ro-bind", path, path] : ["--symlink", linkTarget, path],
    ),
    ["--proc", "/proc", "--dev", "/dev"],
    toTmpfs("/dev/shm", SHM_BYTES),
    toTmpfs("/tmp", tmpBytes),
    toTmpfs(BOX_ROOT, input.limits.workBytes - tmpBytes - SHM_BYTES),
    ["--dir", input.layout.work],
    input.binds.flatMap(({ hostPath, boxPath }) => ["--ro-bind", hostPath, boxPath]),
    // Both are tmpfs without a size: left writable, they would be a way around the disk cap.
    ["--remount-ro", "/dev", "--remount-ro", "/"],
    ["--chdir", input.layout.work, "--clearenv"],
    Object.entries(toBoxEnv(input.env)).flatMap(([key, value]) => ["--setenv", key, value]),
    ["--", "/bin/sh", "-c", input.script, "regoose", ...input.argv],
  ].flat();
}

/** The environment inside: fixed, then what the command adds. */
export function toBoxEnv(added: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: `${BOX_NODE_FOLDER}:/usr/bin:/bin`,
    HOME: "/tmp",
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    TZ: "UTC",
    ...added,
  };
}

function toTmpfs(path: string, sizeBytes: number): string[] {
  return ["--perms", "1777", "--size", String(sizeBytes), "--tmpfs", path];
}
