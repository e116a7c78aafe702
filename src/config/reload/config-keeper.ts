import type { Clock } from "../../kernel/clock.ts";
import { sha256 } from "../../kernel/hash.ts";
import { toMessage } from "../../kernel/errors.ts";
import type { LoadedConfig } from "../load-config.ts";
import type { ConfigFiles } from "../sources/config-files.ts";
import { type ConfigChange, listChanges } from "./config-changes.ts";
import type { FolderWatch } from "./watch-folders.ts";

/** A configuration that counts, whole. Never changed; a reload puts another in its place. */
export interface KeptConfig {
  /** From 1; grows by one with each change that counts. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly files: ConfigFiles;
  readonly loaded: LoadedConfig;
}

/** Why what stands on the disk does not count. */
export interface ConfigRefusal {
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** What happened to a kept configuration. */
export type KeeperEvent =
  | {
      readonly kind: "applied";
      readonly kept: KeptConfig;
      readonly changes: readonly ConfigChange[];
      /** Shown names of files that are gone. */
      readonly gone: readonly string[];
    }
  | { readonly kind: "refused"; readonly refusal: ConfigRefusal }
  /** The files are again what counts. */
  | { readonly kind: "mended" };

export interface KeeperDeps {
  readonly clock: Clock;
  /** Reads the files as they are now. */
  readonly read: () => Promise<ConfigFiles>;
  /** Parses and merges them. */
  readonly load: (files: ConfigFiles) => Promise<LoadedConfig>;
  /** Tries what a configuration would need, and changes nothing; a rejection refuses it. `present`: null for the first. */
  readonly dryRun: (next: LoadedConfig, present: LoadedConfig | null) => Promise<void>;
  /** Watches what `read` reads. */
  readonly watch: (onEvent: () => void) => FolderWatch;
  readonly onEvent: (event: KeeperEvent) => void;
}

/** Keeps the last good configuration while its files change. */
export interface ConfigKeeper extends AsyncDisposable {
  readonly kept: KeptConfig;
  /** Null where what stands on the disk is what counts. */
  readonly refusal: ConfigRefusal | null;
  /** Looks now, without waiting for quiet. */
  look(): Promise<void>;
}

/** An editor writes a file in several steps: what counts is what stands there when it is quiet for so long, ms. */
const QUIET_MS = 250;
/** A file that is gone or empty may be about to come back: editors and deployments take away before they put, ms. */
const GONE_MS = 1_000;
/** Where it never gets quiet, what stands there is tried all the same, ms. */
const LONGEST_UNREST_MS = 5_000;
/** Not every file system tells of changes, and of links nobody does, ms. */
const LOOK_EVERY_MS = 2_000;

/**
 * Reads a configuration and keeps it: files that change are read when it gets quiet, parsed, merged, tried, and
 * then put in the place of the old one as a whole. What cannot be used is refused, and the last good one stays.
 * @throws what `read`, `load` and `dryRun` throw for the first configuration
 */
export async function openConfigKeeper(deps: KeeperDeps): Promise<ConfigKeeper> {
  const files = await deps.read();
  const loaded = await deps.load(files);
  await deps.dryRun(loaded, null);
  return new Keeper(deps, { version: 1, since: toNow(deps.clock), files, loaded });
}

/** What a look at the disk found. */
type Look =
  | { readonly print: string; readonly files: ConfigFiles }
  | { readonly print: string; readonly failure: unknown };

class Keeper implements ConfigKeeper {
  readonly #deps: KeeperDeps;
  readonly #over = new AbortController();
  readonly #watch: FolderWatch;
  readonly #work: Promise<void>;
  #kept: KeptConfig;
  #refusal: (ConfigRefusal & { readonly print: string }) | null = null;
  #print: string;
  #events = 0;
  #wake: () => void = () => undefined;
  #applying: Promise<void> = Promise.resolve();

  constructor(deps: KeeperDeps, first: KeptConfig) {
    this.#deps = deps;
    this.#kept = first;
    this.#print = toPrint(first.files);
    this.#watch = deps.watch(() => {
      this.#events += 1;
      this.#wake();
    });
    this.#work = this.#run().catch(() => undefined);
  }

  get kept(): KeptConfig {
    return this.#kept;
  }

  get refusal(): ConfigRefusal | null {
    if (this.#refusal === null) return null;
    const { message, since } = this.#refusal;
    return { message, since };
  }

  async look(): Promise<void> {
    await this.#settle(await this.#read());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new Error("the configuration is no longer watched"));
    this.#watch[Symbol.dispose]();
    this.#wake();
    await this.#work;
    await this.#applying;
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    for (;;) {
      const before = this.#events;
      await this.#sleepOrEvent(LOOK_EVERY_MS);
      if (signal.aborted) return;
      this.#watch.rearm();
      if (this.#events === before && !this.#isNews(await this.#read())) continue;
      await this.#settle(await this.#readWhenQuiet());
    }
  }

  /** Whether there is something to try: other files than before, or ones that were refused and may be good now. */
  #isNews({ print }: Look): boolean {
    return this.#refusal === null ? print !== this.#print : true;
  }

  async #readWhenQuiet(): Promise<Look> {
    const { clock } = this.#deps;
    const started = clock.monotonic();
    for (;;) {
      const before = this.#events;
      await clock.sleep(QUIET_MS, this.#over.signal, { isBackground: true });
      const look = await this.#read();
      const restMs = clock.monotonic() - started;
      const isQuiet = this.#events === before;
      const isWorthWaiting = this.#lacksFiles(look) && restMs < GONE_MS;
      if ((isQuiet && !isWorthWaiting) || restMs >= LONGEST_UNREST_MS) return look;
    }
  }

  #lacksFiles(look: Look): boolean {
    return "files" in look && listGone(this.#kept.files, look.files).length > 0;
  }

  /** One at a time, so that of two looks the later one counts. */
  #settle(look: Look): Promise<void> {
    this.#applying = this.#applying.then(() => this.#apply(look));
    return this.#applying;
  }

  async #apply(look: Look): Promise<void> {
    if (look.print === this.#print) {
      const wasRefused = this.#refusal !== null;
      this.#refusal = null;
      if (wasRefused) this.#deps.onEvent({ kind: "mended" });
      return;
    }
    try {
      if ("failure" in look) throw look.failure;
      const loaded = await this.#deps.load(look.files);
      await this.#deps.dryRun(loaded, this.#kept.loaded);
      if (this.#over.signal.aborted) return;
      this.#swap(look.files, loaded, look.print);
    } catch (failure) {
      this.#refuse(look.print, toMessage(failure));
    }
  }

  #swap(files: ConfigFiles, loaded: LoadedConfig, print: string): void {
    const before = this.#kept;
    const { version } = before;
    this.#kept = { version: version + 1, since: toNow(this.#deps.clock), files, loaded };
    this.#print = print;
    this.#refusal = null;
    this.#deps.onEvent({
      kind: "applied",
      kept: this.#kept,
      changes: listChanges(before.loaded.settings, loaded.settings),
      gone: listGone(before.files, files),
    });
  }

  #refuse(print: string, message: string): void {
    if (this.#refusal?.print === print && this.#refusal.message === message) return;
    const refusal = { message, since: toNow(this.#deps.clock) };
    this.#refusal = { ...refusal, print };
    this.#deps.onEvent({ kind: "refused", refusal });
  }

  async #read(): Promise<Look> {
    try {
      const files = await this.#deps.read();
      return { print: toPrint(files), files };
    } catch (failure) {
      return { print: `unreadable: ${toMessage(failure)}`, failure };
    }
  }

  async #sleepOrEvent(durationMs: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => {
      woken.abort(new Error("something changed"));
    };
    await this.#deps.clock
      .sleep(durationMs, woken.signal, { isBackground: true })
      .catch(() => undefined);
  }
}

/** Tells contents apart, wherever they stand. */
function toPrint({ user, project, problems }: ConfigFiles): string {
  const parts = [user, project].map((file) => (file === null ? null : [file.path, file.text]));
  return sha256(JSON.stringify([...parts, problems]));
}

/** Files that were there and are not, or are empty now. */
function listGone(before: ConfigFiles, after: ConfigFiles): readonly string[] {
  return (["user", "project"] as const).flatMap((which) => {
    const [old, present] = [before[which], after[which]];
    const wasThere = old !== null && old.text.trim() !== "";
    return wasThere && (present === null || present.text.trim() === "") ? [old.shownAs] : [];
  });
}

function toNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
