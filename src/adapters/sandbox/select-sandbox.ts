import type { SandboxLevel } from "../../contract/envelope.ts";
import type { Clock } from "../../kernel/clock.ts";
import { createMachineBusy, saysBusy } from "../../kernel/machine-busy.ts";
import type { SandboxBackend, SandboxProbe } from "../../ports/sandbox.ts";
import { createBubblewrapBackend } from "./bubblewrap/bubblewrap-backend.ts";
import { SandboxUnavailable } from "./errors.ts";
import { createGuardedBackend } from "./guarded/guarded-backend.ts";

export interface SelectSandboxDeps {
  readonly clock: Clock;
  /** Backends to choose from, best level first. @defaultValue all of this product */
  readonly backends?: readonly SandboxBackend[];
}

/** What the user asked for: a level, or the best that works. */
export interface SelectSandboxInput {
  readonly requested: "auto" | SandboxLevel;
}

/** The backend to use and what its probe measured. */
export interface SelectedSandbox {
  readonly backend: SandboxBackend;
  readonly probe: SandboxProbe;
}

/**
 * Picks the best backend that its own probe finds working; a lower level is never taken in place of one
 * that was asked for by name.
 * @throws SandboxUnavailable (RGS-7001) with the exact tool error and the fix.
 * @throws MachineBusy (RGS-7504) where a level may work a little later: no reason to take a lower one
 */
export async function selectSandbox(
  deps: SelectSandboxDeps,
  input: SelectSandboxInput,
): Promise<SelectedSandbox> {
  const failed: SandboxProbe[] = [];
  for (const backend of createBackends(deps)) {
    if (input.requested !== "auto" && input.requested !== backend.level) continue;
    const probe = await backend.probe();
    if (probe.isAvailable) return { backend, probe };
    if (saysBusy(probe.problem ?? "")) throw createMachineBusy(probe.problem ?? probe.backend);
    failed.push(probe);
  }
  const wanted = input.requested === "auto" ? "any level" : `level ${input.requested}`;
  const problems = failed.map((probe) => `${probe.backend}: ${probe.problem ?? "does not work"}`);
  const fixes = failed.map((probe) => probe.fix).filter((fix) => fix !== null);
  throw new SandboxUnavailable(
    `no sandbox of ${wanted} works on this machine (${problems.join("; ")})`,
    fixes.join("\n") || "run `regoose doctor`",
    { probes: failed },
  );
}

/** Probes every backend, best level first. */
export async function probeSandboxes(deps: SelectSandboxDeps): Promise<readonly SandboxProbe[]> {
  const probes: SandboxProbe[] = [];
  for (const backend of createBackends(deps)) probes.push(await backend.probe());
  return probes;
}

/** Removes what dead owners left of sandboxes of every backend; answers one line each. */
export async function sweepSandboxes(deps: SelectSandboxDeps): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const backend of createBackends(deps)) lines.push(...(await backend.sweep()));
  return lines;
}

function createBackends(deps: SelectSandboxDeps): readonly SandboxBackend[] {
  return deps.backends ?? [createBubblewrapBackend(deps), createGuardedBackend(deps)];
}
