import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { ProjectInfo } from "../contract/project.ts";
import type { Clock } from "../kernel/clock.ts";
import { toMessage } from "../kernel/errors.ts";
import type { CallSnapshot } from "../ports/outside-calls.ts";
import type { SandboxProbe } from "../ports/sandbox.ts";
import type { DoctorCheck } from "./check.ts";
import { detectRoot } from "./detect-root.ts";
import { openOutsideCalls } from "./outside-calls.ts";

/** Below this the work copies and caches of one run may not fit, bytes. */
const LOW_DISK_BYTES = 1024 ** 3;

/**
 * Looks at this machine, at the project in `cwd` and at its configuration; measures the sandbox by trying it. With
 * `online` it asks the addresses of model providers as well, without a key.
 */
export async function inspect(
  { clock }: { readonly clock: Clock },
  cwd: string,
  options: { readonly online: boolean; readonly signal: AbortSignal },
): Promise<readonly DoctorCheck[]> {
  const { inspectConfiguration } = await import("./config/check-config.ts");
  const online = options.online ? { clock, signal: options.signal } : null;
  return [
    ...(await inspectMachine({ clock }, cwd)),
    ...(await inspectConfiguration(detectRoot(cwd), { online })),
  ];
}

/** The same without the configuration. */
export async function inspectMachine(
  deps: { readonly clock: Clock },
  cwd: string,
): Promise<readonly DoctorCheck[]> {
  const project = await inspectProject(cwd);
  const sandbox = await inspectSandbox(deps.clock);
  return [
    inspectNode(),
    ...sandbox,
    ...project,
    await inspectDisk("temporary folder", tmpdir()),
    await inspectWriteAccess(cwd),
    { name: "platform", ...describePlatform() },
    ...openOutsideCalls(deps.clock).snapshots().filter(hasStory).map(toCallCheck),
  ];
}

/** Calls of this process that did not simply work. */
function hasStory({ breaker, failures, retries }: CallSnapshot): boolean {
  return breaker !== "closed" || failures + retries > 0;
}

function toCallCheck(call: CallSnapshot): DoctorCheck {
  const { breaker, calls, failures, retries, lastFailure } = call;
  const last = lastFailure === null ? "" : `; last: ${lastFailure.message}`;
  return {
    name: `calls (${call.name})`,
    status: breaker === "closed" ? "ok" : "warning",
    detail: `breaker ${breaker}; ${calls} calls, ${retries} retries, ${failures} failed${last}`,
    fix: breaker === "closed" ? null : "wait until the next call is tried, or remove the cause",
  };
}

function inspectNode(): DoctorCheck {
  return { name: "node", status: "ok", detail: process.versions.node, fix: null };
}

async function inspectSandbox(clock: Clock): Promise<readonly DoctorCheck[]> {
  const { probeSandboxes } = await import("../adapters/sandbox/select-sandbox.ts");
  const probes = await probeSandboxes({ clock });
  const isNamespace = probes.some((probe) => probe.level === "namespace" && probe.isAvailable);
  return probes.map((probe) => toSandboxCheck(probe, isNamespace));
}

function toSandboxCheck(probe: SandboxProbe, hasNamespace: boolean): DoctorCheck {
  const name = `sandbox ${probe.level} (${probe.backend})`;
  if (probe.isAvailable) return { name, status: "ok", detail: probe.facts.join("; "), fix: null };
  // The lower level is no loss where the higher one works.
  const status = probe.level === "namespace" ? "warning" : hasNamespace ? "warning" : "problem";
  return { name, status, detail: probe.problem ?? "not available", fix: probe.fix };
}

async function inspectProject(cwd: string): Promise<readonly DoctorCheck[]> {
  try {
    const { detectProject } = await import("../analysis/detect-project.ts");
    const project = await detectProject({ path: cwd });
    return [
      { name: "project", status: "ok", detail: `${project.name} in ${project.root}`, fix: null },
      toRunnerCheck(project),
      { name: "package manager", status: "ok", detail: project.packageManager, fix: null },
      toDependencyCheck(project),
    ];
  } catch (failure) {
    return [
      {
        name: "project",
        status: "warning",
        detail: toMessage(failure),
        fix: "run doctor in the folder of a package, or pass --cwd DIR",
      },
    ];
  }
}

function toRunnerCheck(project: ProjectInfo): DoctorCheck {
  const detail = project.isRunnerDetected
    ? project.runner
    : "none found, so tests are written for node:test";
  const isBroken = project.runner !== "node" && project.runnerBinPath === null;
  return {
    name: "runner",
    status: isBroken ? "problem" : "ok",
    detail: isBroken ? `${project.runner} is configured but not installed` : detail,
    fix: isBroken ? `install it with ${project.packageManager}, or pass --framework node` : null,
  };
}

function toDependencyCheck(project: ProjectInfo): DoctorCheck {
  const found = project.dependencyFolders.length > 0;
  return {
    name: "dependencies",
    status: "ok",
    detail: found
      ? project.dependencyFolders.map((one) => one.hostPath).join(", ")
      : "no node_modules folder",
    fix: found
      ? null
      : `if the package has dependencies, install them first (${project.packageManager} install)`,
  };
}

async function inspectDisk(name: string, folder: string): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const isLow = freeBytes < LOW_DISK_BYTES;
  return {
    name: `disk (${name})`,
    status: isLow ? "warning" : "ok",
    detail: `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free in ${folder}`,
    fix: isLow ? "free some space, or point TMPDIR at a larger disk" : null,
  };
}

async function inspectWriteAccess(cwd: string): Promise<DoctorCheck> {
  try {
    await access(cwd, constants.W_OK);
    return { name: "write access", status: "ok", detail: cwd, fix: null };
  } catch {
    return {
      name: "write access",
      status: "problem",
      detail: `${cwd} cannot be written`,
      fix: "make the folder writable, or look first with `regoose generate --dry-run`",
    };
  }
}

function describePlatform(): Omit<DoctorCheck, "name"> {
  switch (process.platform) {
    case "linux":
      return { status: "ok", detail: "linux, supported whole", fix: null };
    case "darwin":
      return {
        status: "warning",
        detail: "macOS: level guarded only",
        fix: "run in a Linux container for level namespace",
      };
    default:
      return {
        status: "problem",
        detail: `${process.platform} is not supported`,
        fix: "on Windows, run Regoose inside WSL",
      };
  }
}
