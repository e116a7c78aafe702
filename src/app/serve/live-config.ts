import { dirname } from "node:path";

import { readEnvironment, type Environment } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import { listChanges, type ConfigChange } from "../../config/reload/config-changes.ts";
import {
  openConfigKeeper,
  type ConfigKeeper,
  type KeeperEvent,
  type KeptConfig,
} from "../../config/reload/config-keeper.ts";
import { watchFolders } from "../../config/reload/watch-folders.ts";
import type { PartialServer } from "../../config/server/server-keys.ts";
import {
  CONFIG_FILE_NAMES,
  readConfigFiles,
  readProjectConfig,
  toUserPath,
  type ConfigFiles,
} from "../../config/sources/config-files.ts";
import type { Clock } from "../../kernel/clock.ts";
import { detectRoot } from "../detect-root.ts";
import { dryRunConfig } from "./dry-run-config.ts";

/** One configuration that a server keeps, with what the server is bound to until its restart. */
export interface KeptView {
  /** Null for the server's own. */
  readonly project: string | null;
  readonly keeper: Pick<ConfigKeeper, "kept" | "refusal">;
}

/** What happened to one of the configurations. */
export interface LiveEvent {
  readonly project: string | null;
  readonly event: KeeperEvent;
}

/** The configuration of a server that goes on: its own, and that of each project it has runs for. */
export interface LiveConfig extends AsyncDisposable {
  /** Root of the project that the server was started in, whose file counts as far as it is trusted. */
  readonly root: string;
  readonly kept: KeptConfig;
  /** Levels of the logs of runs, as they count now. */
  runLog(): string;
  /** All that are kept, the server's own first. */
  views(): readonly KeptView[];
  /** Keys that are another than when the server started and count after a restart. */
  pending(): readonly ConfigChange[];
  /**
   * What a run of the project goes by from now on. The project's file is null in it, and left for the run to read,
   * where it cannot be used and never could.
   */
  filesFor(
    project: string,
  ): Promise<{ readonly user: ConfigFiles["user"]; readonly own: ConfigFiles | null }>;
  /** Calls the listener for each event from now on, until the server ends. */
  follow(listener: (event: LiveEvent) => void): void;
}

/** Projects whose files are watched at a time; the one whose last run is longest ago makes room. */
const MOST_PROJECTS = 50;

/**
 * Opens it; `cwd` is where the server was started.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function openLiveConfig(
  deps: { readonly clock: Clock },
  options: { readonly cwd: string; readonly flags: PartialServer },
): Promise<LiveConfig> {
  const environment = readEnvironment();
  const root = detectRoot(options.cwd);
  const listeners = new Set<(event: LiveEvent) => void>();
  const tell = (project: string | null, event: KeeperEvent): void => {
    for (const listener of listeners) listener({ project, event });
  };
  const projects = new Map<string, ConfigKeeper>();
  const own = await openConfigKeeper({
    clock: deps.clock,
    read: () => readConfigFiles(root, environment),
    load: (files) =>
      loadConfig({ root, environment, flags: {}, serverFlags: options.flags, files }),
    dryRun: (next, present) => dryRunConfig(environment, next, present),
    watch: (onEvent) => watchConfig(root, environment, onEvent),
    onEvent: (event) => {
      tell(null, event);
      // Each of them stands on the user's file, too.
      if (event.kind === "applied") synced = syncAll([...projects.values()]);
    },
  });
  let synced: Promise<void> = Promise.resolve();
  const started = own.kept.loaded.settings;
  return {
    root,
    get kept() {
      return own.kept;
    },
    runLog: () => own.kept.loaded.server.runLog ?? environment.telemetry.levels,
    views: () => [
      { project: null, keeper: own },
      ...[...projects].map(([project, keeper]) => ({ project, keeper })),
    ],
    pending: () =>
      listChanges(started, own.kept.loaded.settings).filter(({ reload }) => reload === "restart"),
    async filesFor(project) {
      await synced;
      const keeper =
        projects.get(project) ??
        (await openProjectKeeper(deps.clock, { project, environment, own, tell }));
      if (keeper === null) return { user: own.kept.files.user, own: null };
      await keepNewest(projects, project, keeper);
      return { user: keeper.kept.files.user, own: keeper.kept.files };
    },
    follow(listener) {
      listeners.add(listener);
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
      const keepers = [own, ...projects.values()];
      projects.clear();
      await Promise.all(keepers.map((keeper) => keeper[Symbol.asyncDispose]()));
    },
  };
}

async function syncAll(keepers: readonly ConfigKeeper[]): Promise<void> {
  await Promise.all(keepers.map((keeper) => keeper.look()));
}

/** Null where the project's file cannot be used: then there is no last good one. */
async function openProjectKeeper(
  clock: Clock,
  given: {
    readonly project: string;
    readonly environment: Environment;
    readonly own: ConfigKeeper;
    readonly tell: (project: string, event: KeeperEvent) => void;
  },
): Promise<ConfigKeeper | null> {
  const { project, environment, own, tell } = given;
  try {
    return await openConfigKeeper({
      clock,
      async read() {
        const problems: ConfigFiles["problems"][number][] = [];
        const file = await readProjectConfig(project, problems);
        return { user: own.kept.files.user, project: file, problems };
      },
      load: (files) => loadConfig({ root: project, environment, flags: {}, files }),
      dryRun: (next, present) => dryRunConfig(environment, next, present),
      watch: (onEvent) => watchFolders([project], new Set(CONFIG_FILE_NAMES), onEvent),
      onEvent: (event) => {
        tell(project, event);
      },
    });
  } catch {
    // The run reads the file itself and says what is wrong with it.
    return null;
  }
}

/** The newest stands last; who opened a second one at the same moment gives it up. */
async function keepNewest(
  projects: Map<string, ConfigKeeper>,
  project: string,
  keeper: ConfigKeeper,
): Promise<void> {
  const other = projects.get(project);
  const surplus = other !== undefined && other !== keeper ? [keeper] : [];
  projects.delete(project);
  projects.set(project, other ?? keeper);
  if (projects.size > MOST_PROJECTS) {
    const [oldest] = projects;
    if (oldest !== undefined) {
      projects.delete(oldest[0]);
      surplus.push(oldest[1]);
    }
  }
  await Promise.all(surplus.map((one) => one[Symbol.asyncDispose]()));
}

function watchConfig(
  root: string,
  environment: Environment,
  onEvent: () => void,
): ReturnType<typeof watchFolders> {
  const user = toUserPath(environment);
  const names = new Set([...CONFIG_FILE_NAMES, "config.yaml"]);
  return watchFolders([...new Set([root, dirname(user)])], names, onEvent);
}
