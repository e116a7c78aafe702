import type { SandboxLevel } from "../contract/envelope.ts";

/** Limits of one sandbox. All are hard; `null` never occurs, every resource is bounded. */
export interface SandboxLimits {
  /** Data segment of each process (RLIMIT_DATA), bytes; ≥ 1 GiB for Vitest. */
  readonly memoryBytes: number;
  /** Memory of all processes together where a cgroup is writable, bytes. */
  readonly totalMemoryBytes: number;
  readonly processes: number;
  /** Largest single file, bytes. */
  readonly fileBytes: number;
  /** Whole writable work copy with everything in it, bytes. */
  readonly workBytes: number;
  /** Bytes of stdout and of stderr kept; past it the process is killed with `output`. */
  readonly outputBytes: number;
}

/** A host folder shown inside, read-only. It must be readable by an unprivileged user, or is copied by the backend. */
export interface ReadOnlyMount {
  readonly hostPath: string;
  /**
   * Name under which `Sandbox.pathOf` answers: `[\w.@-]+`, parts joined by `/`; not `work`. Mounts stand in
   * one folder under their names, so that one named `node_modules` serves the modules of the others.
   */
  readonly name: string;
}

/** What a sandbox holds. Layers are copied over one another, in order, into the private work copy. */
export interface SandboxSpec {
  readonly layers: readonly string[];
  /**
   * Dependency folders: shown read-only as `node_modules` in the work copy (`levelsUp` 0) or in the
   * folders above it.
   */
  readonly dependencies: readonly { readonly hostPath: string; readonly levelsUp: number }[];
  readonly mounts: readonly ReadOnlyMount[];
  readonly limits: SandboxLimits;
}

/** A program to run inside. Paths in `argv` and `env` are paths inside (see `Sandbox.pathOf`). */
export interface SandboxCommand {
  /** `argv[0]` is `node` for the Node of this process, else an absolute path inside. */
  readonly argv: readonly string[];
  /** Added to a minimal environment (PATH, HOME, TMPDIR, LANG, TZ). */
  readonly env: Readonly<Record<string, string>>;
  /** Wall time after which everything inside is killed, ms. */
  readonly timeoutMs: number;
  /** Work-relative files to hand back once the command ended; missing ones are left out. */
  readonly collect: readonly string[];
  /** Largest collected file, bytes; longer ones come back as `truncated`. */
  readonly collectBytes: number;
  readonly stdin?: string;
  /**
   * Which user of which machine the program finds itself to be, where the backend can tell it so: `second` has
   * another user id, group id and host name. What depends on them is no behaviour of the target.
   * @defaultValue first
   */
  readonly identity?: SandboxIdentity;
}

export type SandboxIdentity = "first" | "second";

/** Why a sandboxed command ended. A failing set-up is an error, never an exit. */
export type SandboxEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out"; readonly afterMs: number }
  | { readonly kind: "output-exceeded" }
  | { readonly kind: "memory-exceeded" }
  | { readonly kind: "cancelled" };

export interface SandboxResult {
  readonly end: SandboxEnd;
  readonly stdout: string;
  readonly stderr: string;
  /** Collected work-relative path → content; read as hostile input. */
  readonly files: ReadonlyMap<string, { readonly content: Buffer; readonly truncated: boolean }>;
  readonly durationMs: number;
  /** The outermost process on the host; absent where the backend does not tell. */
  readonly pid?: number;
}

/** A long-lived process inside, talked to by lines. */
export interface SandboxProcess extends AsyncDisposable {
  /** The outermost process on the host; absent where the backend does not tell. */
  readonly pid?: number;
  /** Writes one line to its stdin; resolves when it was handed over. */
  send(line: string): Promise<void>;
  /** Lines of its stdout, each at most `outputBytes`; ends when it ends. */
  readonly lines: AsyncIterable<string>;
  /** Settles once, when everything inside is gone. */
  readonly ended: Promise<{ readonly end: SandboxEnd; readonly stderr: string }>;
  /** Kills everything inside at once. */
  kill(): void;
}

/** One private work copy with its limits. Disposing it kills what runs and removes every file. */
export interface Sandbox extends AsyncDisposable {
  readonly level: SandboxLevel;
  readonly backend: string;
  /** The path inside of the work copy (`"work"`) or of a mount. */
  pathOf(name: string): string;
  /**
   * Runs a command on a fresh work copy and waits for its end. Several may run at once.
   * @throws SandboxSetupFailed (RGS-7002) when the sandbox itself could not be built.
   */
  run(command: SandboxCommand, options: { readonly signal: AbortSignal }): Promise<SandboxResult>;
  /** Starts a long-lived process on a fresh work copy; `timeoutMs` still bounds it. */
  start(
    command: SandboxCommand,
    options: { readonly signal: AbortSignal },
  ): Promise<SandboxProcess>;
}

/** What a probe measured on this machine. */
export interface SandboxProbe {
  readonly backend: string;
  readonly level: SandboxLevel;
  readonly isAvailable: boolean;
  /** One line each: `network: blocked`, `total memory: capped by cgroup v1`, … */
  readonly facts: readonly string[];
  /** The exact tool error and the fix, when not available. */
  readonly problem: string | null;
  readonly fix: string | null;
}

/** One sandbox technology. */
export interface SandboxBackend {
  readonly name: string;
  readonly level: SandboxLevel;
  /** Measures what works here with a short battery; never assumes. Caches for the process. */
  probe(): Promise<SandboxProbe>;
  create(spec: SandboxSpec): Promise<Sandbox>;
  /** Removes what dead owners left behind; answers one line each. */
  sweep(): Promise<readonly string[]>;
}
