import { rm } from "node:fs/promises";
import type { Clock } from "../../../kernel/clock.ts";
import type { SandboxBackend, SandboxProbe, SandboxSpec } from "../../../ports/sandbox.ts";
import { CommandSandbox } from "../command-sandbox.ts";
import { findTool, isRoot } from "../host-tools.ts";
import { openLedger } from "../ledger.ts";
import { createGuardEngine, GUARDED, type GuardHost } from "./guard-engine.ts";
import { createGuardedView } from "./guard-view.ts";
import { probeGuarded } from "./probe.ts";

export interface GuardedDeps {
  readonly clock: Clock;
}

export interface GuardedOptions {
  /** Folders searched for setpriv and prlimit. @defaultValue the system's own */
  readonly toolFolders?: readonly string[];
  /** Where work copies go. @defaultValue the system's temp folder */
  readonly tempRoot?: string;
}

/**
 * Level `guarded`: Node's permission model without child processes, workers and addons, limits where
 * prlimit is present, stubbed sockets, a work copy on disk whose size is polled. It stops accidents, not
 * attacks, and runs `node` alone.
 */
export function createGuardedBackend(
  deps: GuardedDeps,
  options: GuardedOptions = {},
): SandboxBackend {
  const ledger = openLedger(options.tempRoot);
  const setpriv = findTool("setpriv", options.toolFolders);
  const host: GuardHost = {
    clock: deps.clock,
    ledger,
    tools: {
      setpriv,
      prlimit: findTool("prlimit", options.toolFolders),
      dropsUser: isRoot() && setpriv !== null,
    },
  };
  let probed: Promise<SandboxProbe> | null = null;
  const create = async (spec: SandboxSpec): Promise<CommandSandbox> => {
    const root = await ledger.createFolder("guarded");
    const remove = (): Promise<void> => rm(root, { recursive: true, force: true, maxRetries: 3 });
    try {
      const view = await createGuardedView(spec, root, host.tools.dropsUser);
      return new CommandSandbox(createGuardEngine(host, spec, view, remove));
    } catch (failure) {
      await remove();
      throw failure;
    }
  };
  return {
    name: GUARDED,
    level: "guarded",
    create,
    probe() {
      probed ??= probeGuarded(host, ledger, create);
      return probed;
    },
    sweep: () => ledger.sweep(),
  };
}
