import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";

import { listOwnedLeftovers, sweepOwnedFolders } from "../../adapters/owned-folder.ts";
import { listLedgerLeftovers } from "../../adapters/sandbox/ledger.ts";
import type { Clock } from "../../kernel/clock.ts";

/** What a server sees of the machine that it works on, and can do about it. */
export interface Machine {
  measure(): Promise<MachineState>;
  /** Removes what dead processes left; answers one line each. */
  sweep(): Promise<readonly string[]>;
  /** Tries the sandboxes. @returns the level of the best that works; null where none does, with the reasons */
  probe(): Promise<{ readonly level: string | null; readonly why: string }>;
}

export interface MachineState {
  /** Bytes; null where the system does not say. */
  readonly stateFreeBytes: number | null;
  readonly temporaryFreeBytes: number | null;
  readonly availableMemoryBytes: number;
  /** Folders of dead processes. */
  readonly orphans: number;
}

export function openMachine(deps: { readonly clock: Clock }, stateFolder: string): Machine {
  return {
    async measure() {
      const [stateFreeBytes, temporaryFreeBytes, owned, ledger] = await Promise.all([
        readFreeBytes(stateFolder),
        readFreeBytes(tmpdir()),
        listOwnedLeftovers(),
        listLedgerLeftovers(),
      ]);
      return {
        stateFreeBytes,
        temporaryFreeBytes,
        // libuv knows of the limits of a container.
        availableMemoryBytes: process.availableMemory(),
        orphans: owned.length + ledger.length,
      };
    },
    async sweep() {
      const { sweepSandboxes } = await import("../../adapters/sandbox/select-sandbox.ts");
      return [...(await sweepSandboxes(deps)), ...(await sweepOwnedFolders())];
    },
    async probe() {
      const { probeSandboxes } = await import("../../adapters/sandbox/select-sandbox.ts");
      const probes = await probeSandboxes(deps);
      const working = probes.find(({ isAvailable }) => isAvailable);
      const why = probes.map(({ backend, problem }) => `${backend}: ${problem ?? "works"}`);
      return { level: working?.level ?? null, why: why.join("; ") };
    },
  };
}

async function readFreeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
