import { join } from "node:path";
import type { Environment } from "../environment.ts";
import type { ConfigProblem } from "../errors.ts";
import { shortenHome } from "../paths.ts";
import { readConfigFile, type ReadConfig } from "./config-file.ts";

/** The files of one configuration as they were read at one moment. */
export interface ConfigFiles {
  /** Null where there is none. */
  readonly user: ReadConfig | null;
  readonly project: ReadConfig | null;
  /** What is wrong with there being such files, beside what is wrong in them. */
  readonly problems: readonly ConfigProblem[];
}

/** Names under which a project may keep its configuration. */
export const CONFIG_FILE_NAMES: readonly string[] = ["regoose.config.yaml", "regoose.config.yml"];

/** Absolute path of the user's own file. */
export function toUserPath({ configFolder }: Pick<Environment, "configFolder">): string {
  return join(configFolder, "regoose", "config.yaml");
}

/** Reads both files. @throws ConfigUnreadable (RGS-2002) */
export async function readConfigFiles(
  root: string,
  environment: Environment,
): Promise<ConfigFiles> {
  const problems: ConfigProblem[] = [];
  const user = await readUserConfig(environment);
  return { user, project: await readProjectConfig(root, problems), problems };
}

/**
 * The user's own file; it may be a link, as those who keep their settings in a repository have it.
 * @throws ConfigUnreadable (RGS-2002)
 */
export function readUserConfig(environment: Environment): Promise<ReadConfig | null> {
  const path = toUserPath(environment);
  return readConfigFile(path, shortenHome(path, environment.homeFolder), { followsLinks: true });
}

/** The project's own file. @throws ConfigUnreadable (RGS-2002) */
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
