import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../kernel/clock.ts";
import type { Sandbox, SandboxBackend, SandboxProbe, SandboxSpec } from "../../../ports/sandbox.ts";
import { SandboxUnavailable } from "../errors.ts";
import { findTool, isRoot } from "../host-tools.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import { CommandSandbox } from "../command-sandbox.ts";
import { BUBBLEWRAP, createBoxEngine } from "./box-engine.ts";
import type { BoxHost } from "./box-session.ts";
import { openCgroups } from "./cgroup.ts";
import { INSTALL_HINT } from "./fixes.ts";
import { readHostView } from "./host-view.ts";
import { probeBubblewrap, toUnavailable } from "./probe.ts";
import { createSeccompProgram, isFilteredArch } from "./seccomp.ts";

export interface BubblewrapDeps {
  readonly clock: Clock;
}

export interface BubblewrapOptions {
  /** Folders searched for bwrap and setpriv. @defaultValue the system's own */
  readonly toolFolders?: readonly string[];
  /** Where host-side files go. @defaultValue the system's temp folder */
  readonly tempRoot?: string;
}

/** Level `namespace` by bubblewrap, driven directly (research: sandbox.md section 4). */
export function createBubblewrapBackend(
  deps: BubblewrapDeps,
  options: BubblewrapOptions = {},
): SandboxBackend {
  const ledger = openLedger(options.tempRoot);
  let host: Promise<BoxHost> | null = null;
  let probed: Promise<SandboxProbe> | null = null;
  const openHost = (): Promise<BoxHost> => {
    host ??= findHost(deps, ledger, options.toolFolders).catch((failure: unknown) => {
      host = null;
      throw failure;
    });
    return host;
  };
  return {
    name: BUBBLEWRAP,
    level: "namespace",
    async create(spec: SandboxSpec): Promise<Sandbox> {
      return new CommandSandbox(createBoxEngine(await openHost(), spec));
    },
    probe() {
      probed ??= openHost().then(probeBubblewrap, toUnavailable);
      return probed;
    },
    async sweep() {
      const cgroups = openCgroups(deps, { owner: ledger.owner }).factory;
      return [...((await cgroups?.sweep()) ?? []), ...(await ledger.sweep())];
    },
  };
}

/** Cuts off a tool that hangs. A machine that is only busy must not end at a lower level for it. */
const TOOL_MS = 30_000;

async function findHost(
  deps: BubblewrapDeps,
  ledger: Ledger,
  toolFolders: readonly string[] | undefined,
): Promise<BoxHost> {
  const bwrap = findTool("bwrap", toolFolders);
  if (bwrap === null) {
    throw new SandboxUnavailable("bwrap was not found", INSTALL_HINT);
  }
  const setpriv = isRoot() ? findTool("setpriv", toolFolders) : null;
  if (isRoot() && setpriv === null) {
    throw new SandboxUnavailable(
      "Regoose runs as root, and setpriv, which gives that up, was not found",
      "install util-linux, or run Regoose as another user",
    );
  }
  const help = execFileSync(bwrap, ["--help"], { encoding: "utf8", env: {}, timeout: TOOL_MS });
  if (!help.includes("--size") || !help.includes("--perms")) {
    throw new SandboxUnavailable(`${bwrap} is too old: it lacks --size or --perms`, INSTALL_HINT);
  }
  return {
    bwrap,
    setpriv,
    canDisableUserns: help.includes("--disable-userns"),
    unshare: setpriv === null ? null : findUsableUnshare(toolFolders),
    seccompFile: writeSeccomp(ledger),
    cgroups: openCgroups(deps, { owner: ledger.owner }).factory,
    view: await readHostView(ledger, setpriv !== null),
    ledger,
    clock: deps.clock,
  };
}

/** Root in a container often lacks the right to mount: tried once, not assumed. */
function findUsableUnshare(toolFolders: readonly string[] | undefined): string | null {
  const unshare = findTool("unshare", toolFolders);
  if (unshare === null) return null;
  try {
    const args = ["--mount", "--propagation", "private", "--", "/bin/sh", "-c", "mount --bind / /"];
    execFileSync(unshare, args, {
      stdio: "ignore",
      env: { PATH: "/usr/bin:/bin" },
      timeout: TOOL_MS,
    });
    return unshare;
  } catch {
    return null;
  }
}

function writeSeccomp(ledger: Ledger): string | null {
  if (!isFilteredArch(process.arch)) return null;
  const path = join(ledger.home(), "seccomp.bpf");
  writeFileSync(path, createSeccompProgram(process.arch), { mode: 0o644 });
  return path;
}
