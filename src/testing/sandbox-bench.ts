import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type {
  Sandbox,
  SandboxBackend,
  SandboxCommand,
  SandboxLimits,
  SandboxProcess,
  SandboxResult,
  SandboxSpec,
} from "../ports/sandbox.ts";

/** One law that every sandbox backend keeps; `run` throws when it does not. */
export interface SandboxLaw {
  readonly name: string;
  readonly run: (bench: SandboxBench) => Promise<void>;
}

/** What a law works with: a backend, and folders of its own on the host. */
export interface SandboxBench {
  readonly backend: SandboxBackend;
  /** A new host folder with these files (path → content). */
  readonly layer: (files: Readonly<Record<string, string>>) => string;
  readonly create: (spec?: Partial<SandboxSpec>) => Promise<Sandbox>;
  readonly run: (sandbox: Sandbox, command: Partial<SandboxCommand>) => Promise<SandboxResult>;
  /** Runs a Node program given as text. */
  readonly node: (
    sandbox: Sandbox,
    source: string,
    command?: Partial<SandboxCommand>,
  ) => Promise<SandboxResult>;
  readonly start: (sandbox: Sandbox, source: string, timeoutMs?: number) => Promise<SandboxProcess>;
}

const MIB = 1024 * 1024;

/** Limits that every law fits in. */
export const CONTRACT_LIMITS: SandboxLimits = {
  memoryBytes: 1024 * MIB,
  totalMemoryBytes: 1536 * MIB,
  processes: 256,
  fileBytes: 64 * MIB,
  workBytes: 48 * MIB,
  outputBytes: MIB,
};

/** Ends nothing: for commands that are not cancelled. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Opens a bench; disposing it removes sandboxes and host folders. */
export function openSandboxBench(backend: SandboxBackend): SandboxBench & AsyncDisposable {
  const root = mkdtempSync(join(tmpdir(), "regoose-contract-"));
  const sandboxes: Sandbox[] = [];
  let layers = 0;
  const run: SandboxBench["run"] = (sandbox, command) =>
    sandbox.run(
      { argv: ["node"], env: {}, timeoutMs: 60_000, collect: [], collectBytes: 4_096, ...command },
      { signal: NEVER },
    );
  return {
    backend,
    layer(files) {
      layers += 1;
      const folder = join(root, `layer${layers}`);
      mkdirSync(folder);
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
      return folder;
    },
    async create(spec = {}) {
      const sandbox = await backend.create({
        layers: [],
        dependencies: [],
        mounts: [],
        limits: CONTRACT_LIMITS,
        ...spec,
      });
      sandboxes.push(sandbox);
      return sandbox;
    },
    run,
    node: (sandbox, source, command = {}) =>
      run(sandbox, { argv: ["node", "-e", source], ...command }),
    start: (sandbox, source, timeoutMs = 60_000) =>
      sandbox.start(
        { argv: ["node", "-e", source], env: {}, timeoutMs, collect: [], collectBytes: 0 },
        { signal: NEVER },
      ),
    async [Symbol.asyncDispose]() {
      for (const sandbox of sandboxes) await sandbox[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
