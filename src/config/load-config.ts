import { realpath } from "node:fs/promises";
import type { Environment } from "./environment.ts";
import { type ConfigProblem, configInvalid } from "./errors.ts";
import { type PartialConfig, toFlag } from "./keys.ts";
import { toFileLeaves } from "./layers/file-leaves.ts";
import { type Layer, type Leaf, toLeaves, toOrigin } from "./layers/leaf.ts";
import { mergeLayers, type Refusal } from "./layers/merge.ts";
import { type ProfileFiles, toProfileLayers } from "./layers/profile-layers.ts";
import { type ConfigResult, toResult } from "./layers/result.ts";
import { expandHome } from "./paths.ts";
import { defaultConfig } from "./schema.ts";
import type { ProviderConfig } from "./provider-schema.ts";
import { defaultServer, type PartialServer } from "./server/server-keys.ts";
import { readSnapshot } from "./reload/snapshot-file.ts";
import type { ReadConfig } from "./sources/config-file.ts";
import { type ConfigFiles, readConfigFiles, readProjectConfig } from "./sources/config-files.ts";
import { readUsualVariables } from "./sources/usual-variables.ts";
import { readVariables } from "./sources/variables.ts";

/** A merged configuration. */
export interface LoadedConfig extends ConfigResult {
  /** The profile in use; null for none. */
  readonly profile: string | null;
  /** Whether the user marked this project as trusted. */
  readonly isTrusted: boolean;
  /** Sentences on what looks like a setting and is none. */
  readonly degradations: readonly string[];
  /** Values that do not count. */
  readonly refusals: readonly Refusal[];
  /** The same as sentences. */
  readonly notes: readonly string[];
  /** Files that were read. */
  readonly files: readonly string[];
}

export interface LoadConfigInput {
  /** Absolute root of the project under test. */
  readonly root: string;
  readonly environment: Environment;
  /** What was typed; absent keys are undefined. `maxTime` in milliseconds. */
  readonly flags: PartialConfig;
  /** What was typed after `--profile`. */
  readonly profile?: string | undefined;
  /** Providers as flags change them, each with the flag's name. */
  readonly providers?: readonly TypedProvider[] | undefined;
  /** What was typed after the flags of `serve`. */
  readonly serverFlags?: PartialServer | undefined;
  /** Files that were read before; read from the disk where they are left out. */
  readonly files?: ConfigFiles | undefined;
}

/** A key of a provider's that was typed. */
export interface TypedProvider {
  readonly flag: string;
  readonly name: string;
  readonly config: ProviderConfig;
}

/**
 * Merges defaults, the user's file (`<config folder>/regoose/config.yaml`), the project's file, the profile that is
 * named, `REGOOSE_…` variables and flags, later ones winning. The project's file is untrusted: it may raise the
 * sandbox level and never lower it, and sets nothing that decides where keys are read or sent, unless the user's
 * own file lists the project under `trustedProjects`. Every problem of every source is reported at once.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function loadConfig(input: LoadConfigInput): Promise<LoadedConfig> {
  const { root, environment } = input;
  const { user, project, problems: about } = input.files ?? (await readFiles(root, environment));
  const variables = readVariables(environment);
  const usual = readUsualVariables(environment);
  const files = [user, project].filter((file) => file !== null);
  const problems = [...files.flatMap(listProblems), ...about, ...variables.problems];
  if (problems.length > 0) throw configInvalid(problems);

  const isTrusted = await isTrustedProject(
    root,
    [...toFileLeaves(user, "user"), ...variables.leaves],
    environment,
  );
  const stack: LayerStack = {
    user,
    project,
    below: [
      owner(
        toLeaves({ ...defaultConfig(), server: defaultServer() }, () =>
          toOrigin("default", "default"),
        ),
      ),
      owner(usual.leaves),
      owner(toFileLeaves(user, "user")),
      { isOwner: isTrusted, mayLower: false, leaves: toFileLeaves(project, "project") },
    ],
    above: [owner(variables.leaves), owner(toFlagLeaves(input))],
  };
  const chosen = mergeLayers([...stack.below, ...stack.above]).settings.get("profile");
  const profiles = toProfileLayers(stack, chosen, isTrusted);
  const { settings, refusals } = mergeLayers([...stack.below, ...profiles, ...stack.above]);
  return {
    ...toResult(settings),
    profile: chosen === undefined ? null : String(chosen.value),
    isTrusted,
    degradations: [...usual.degradations, ...variables.degradations],
    notes: refusals.map(({ why }) => why),
    refusals,
    files: files.map(({ path }) => path),
  };
}

/** From the disk, or from what a server has handed over: then what happens on the disk meanwhile does not count. */
async function readFiles(root: string, environment: Environment): Promise<ConfigFiles> {
  if (environment.configSnapshot === null) return readConfigFiles(root, environment);
  const { root: known, user, project } = await readSnapshot(environment.configSnapshot);
  if (known === root) return { user, project, problems: [] };
  const problems: ConfigProblem[] = [];
  return { user, project: await readProjectConfig(root, problems), problems };
}

/** Sources below and above the profiles, and the files that may define some. */
interface LayerStack extends ProfileFiles {
  readonly below: readonly Layer[];
  readonly above: readonly Layer[];
}

function owner(leaves: readonly Leaf[]): Layer {
  return { isOwner: true, mayLower: true, leaves };
}

function listProblems({ outcome }: ReadConfig): readonly ConfigProblem[] {
  return outcome.kind === "failed" ? outcome.problems : [];
}

function toFlagLeaves({
  flags,
  profile,
  serverFlags: server,
  providers = [],
}: LoadConfigInput): readonly Leaf[] {
  return [
    ...toLeaves({ ...flags, profile, server }, (path) =>
      toOrigin("flag", toFlag(String(path.at(-1)))),
    ),
    ...providers.flatMap(({ flag, name, config }) =>
      toLeaves({ providers: { [name]: config } }, () => toOrigin("flag", flag)),
    ),
  ];
}

/** Only the user's own words count here. A folder is trusted by its exact real path. */
async function isTrustedProject(
  root: string,
  leaves: readonly Leaf[],
  environment: Environment,
): Promise<boolean> {
  const listed = leaves
    .filter(({ path }) => path[0] === "trustedProjects")
    .flatMap(({ value }) => value as readonly string[]);
  if (listed.length === 0) return false;
  const toReal = (path: string): Promise<string> => realpath(path).catch(() => path);
  const folders = await Promise.all(
    listed.map((path) => toReal(expandHome(path, environment.homeFolder))),
  );
  return folders.includes(await toReal(root));
}
