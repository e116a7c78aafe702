import { join } from "node:path";
import { selectSandbox } from "../../adapters/sandbox/select-sandbox.ts";
import { detectProject } from "../../analysis/detect-project.ts";
import { type Environment, readEnvironment, USUAL_VARIABLES } from "../../config/environment.ts";
import { configInvalid, type ConfigProblem } from "../../config/errors.ts";
import { shortenHome } from "../../config/paths.ts";
import type { ReadConfig } from "../../config/sources/config-file.ts";
import {
  readProjectConfig,
  readUserConfig,
  toUserPath,
} from "../../config/sources/config-files.ts";
import type { SandboxLevel } from "../../contract/envelope.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { CONFIG_FILE } from "../init.ts";

/** A file of configuration as it is. */
export interface SetupFile {
  readonly path: string;
  /** For people. */
  readonly shownAs: string;
  /** Null where there is none. */
  readonly text: string | null;
  /** Of a new one. */
  readonly mode: number;
}

/** What is there before anything is asked. */
export interface SetupFacts {
  /** Null where no package is found, with the reason. */
  readonly project: ProjectInfo | null;
  readonly problem: string | null;
  /** What the sandbox promises here; null where none works. */
  readonly sandbox: SandboxLevel | null;
  /** Providers whose usual variable for a key is set. Names only: no value is read further. */
  readonly keys: readonly { readonly provider: string; readonly variable: string }[];
  readonly userFile: SetupFile;
  /** Null without a project. */
  readonly projectFile: SetupFile | null;
}

/**
 * Looks at project, machine and environment; runs none of the project's code.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002) where a file that is there would have to be mended first
 */
export async function inspectSetup(
  { clock }: { readonly clock: Clock },
  cwd: string,
): Promise<SetupFacts> {
  const environment = readEnvironment();
  const found = await findProject(cwd);
  const problems: ConfigProblem[] = [];
  const user = await readUserConfig(environment);
  const own = found.project === null ? null : await readProjectConfig(found.project.root, problems);
  for (const file of [user, own]) {
    if (file?.outcome.kind === "failed") problems.push(...file.outcome.problems);
  }
  if (problems.length > 0) throw configInvalid(problems);
  const userPath = toUserPath(environment);
  return {
    ...found,
    sandbox: await findSandbox(clock),
    keys: findKeys(environment),
    userFile: toFile(userPath, shortenHome(userPath, environment.homeFolder), {
      file: user,
      mode: 0o600,
    }),
    projectFile:
      found.project === null
        ? null
        : toFile(own?.path ?? join(found.project.root, CONFIG_FILE), own?.shownAs ?? CONFIG_FILE, {
            file: own,
            mode: 0o644,
          }),
  };
}

function toFile(
  path: string,
  shownAs: string,
  { file, mode }: { readonly file: ReadConfig | null; readonly mode: number },
): SetupFile {
  return { path, shownAs, text: file?.text ?? null, mode };
}

async function findProject(cwd: string): Promise<Pick<SetupFacts, "project" | "problem">> {
  try {
    return { project: await detectProject({ path: cwd }), problem: null };
  } catch (failure) {
    if (!(failure instanceof RegooseError)) throw failure;
    return { project: null, problem: failure.message };
  }
}

async function findSandbox(clock: Clock): Promise<SandboxLevel | null> {
  try {
    return (await selectSandbox({ clock }, { requested: "auto" })).probe.level;
  } catch (failure) {
    if (!(failure instanceof RegooseError)) throw failure;
    return null;
  }
}

/** The first variable of each provider that is set. */
function findKeys({ usual }: Environment): SetupFacts["keys"] {
  const found = new Map<string, string>();
  for (const [variable, [provider, key]] of Object.entries(USUAL_VARIABLES)) {
    if (key === "apiKey" && Object.hasOwn(usual, variable) && !found.has(provider))
      found.set(provider, variable);
  }
  return [...found].map(([provider, variable]) => ({ provider, variable }));
}

/** The usual variable for a provider's key. */
export function toUsualVariable(provider: string): string {
  const [variable] =
    Object.entries(USUAL_VARIABLES).find(
      ([, [name, key]]) => name === provider && key === "apiKey",
    ) ?? [];
  return variable ?? `${provider.toUpperCase().replaceAll(/\W+/gu, "_")}_API_KEY`;
}
