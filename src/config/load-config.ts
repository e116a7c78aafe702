import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import { type ConfigProblem, configInvalid } from "./errors.ts";
import { type PartialConfig, toFlag } from "./keys.ts";
import { toFileLeaves } from "./layers/file-leaves.ts";
import { type Layer, type Leaf, toLeaves, toOrigin } from "./layers/leaf.ts";
import { mergeLayers, type Refusal } from "./layers/merge.ts";
import { type ProfileFiles, toProfileLayers } from "./layers/profile-layers.ts";
import { type ConfigResult, toResult } from "./layers/result.ts";
import { expandHome, shortenHome } from "./paths.ts";
import { defaultConfig } from "./schema.ts";
import { defaultServer, type PartialServer } from "./server/server-keys.ts";
import { readConfigFile, type ReadConfig } from "./sources/config-file.ts";
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
  /** What was typed after the flags of `serve`. */
  readonly serverFlags?: PartialServer | undefined;
}

/** Names under which a project may keep its configuration. */
export const CONFIG_FILE_NAMES: readonly string[] = ["regoose.config.yaml", "regoose.config.yml"];

/**
 * Merges defaults, the user's file (`<config folder>/regoose/config.yaml`), the project's file, the profile that is
 * named, `REGOOSE_…` variables and flags, later ones winning. The project's file is untrusted: it may raise the
 * sandbox level and never lower it, and sets nothing that decides where keys are read or sent, unless the user's
 * own file lists the project under `trustedProjects`. Every problem of every source is reported at once.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function loadConfig(input: LoadConfigInput): Promise<LoadedConfig> {
  const { root, environment } = input;
  const problems: ConfigProblem[] = [];
  const user = await readUserConfig(environment);
  const project = await readProjectConfig(root, problems);
  const variables = readVariables(environment);
  const files = [user, project].filter((file) => file !== null);
  problems.unshift(...files.flatMap(listProblems));
  problems.push(...variables.problems);
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
    degradations: variables.degradations,
    notes: refusals.map(({ why }) => why),
    refusals,
    files: files.map(({ path }) => path),
  };
}

/** Sources below and above the profiles, and the files that may define some. */
interface LayerStack extends ProfileFiles {
  readonly below: readonly Layer[];
  readonly above: readonly Layer[];
}

function owner(leaves: readonly Leaf[]): Layer {
  return { isOwner: true, mayLower: true, leaves };
}

/** The user's own file; it may be a link, as those who keep their settings in a repository have it. */
function readUserConfig(environment: Environment): Promise<ReadConfig | null> {
  const path = join(environment.configFolder, "regoose", "config.yaml");
  return readConfigFile(path, shortenHome(path, environment.homeFolder), { followsLinks: true });
}

/** The project's own file. */
export async function readProjectConfig(
  root: string,
  problems: ConfigProblem[],
): Promise<ReadConfig | null> {
  const found: ReadConfig[] = [];
  for (const name of CONFIG_FILE_NAMES) {
    const file = await readConfigFile(join(root, name), name, { followsLinks: false });
    if (file !== null) found.push(file);
  }
  const [first = null, second] = found;
  if (second !== undefined) {
    const names = found.map(({ shownAs }) => shownAs).join(" and ");
    const message = `there are two configuration files: ${names}; keep one`;
    problems.push({ source: second.shownAs, line: 1, column: 1, message });
  }
  return first;
}

function listProblems({ outcome }: ReadConfig): readonly ConfigProblem[] {
  return outcome.kind === "failed" ? outcome.problems : [];
}

function toFlagLeaves({ flags, profile, serverFlags: server }: LoadConfigInput): readonly Leaf[] {
  return toLeaves({ ...flags, profile, server }, (path) =>
    toOrigin("flag", toFlag(String(path.at(-1)))),
  );
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
