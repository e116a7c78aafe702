import type { Environment } from "../../config/environment.ts";
import { configInvalid, type ConfigProblem } from "../../config/errors.ts";
import type { MergedSetting } from "../../config/layers/merge.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { listChanges } from "../../config/reload/config-changes.ts";
import { isReference } from "../../config/secrets/reference.ts";
import { checkSecrets } from "../config/check-config.ts";

/**
 * Tries what a configuration would need, and changes nothing: whether the levels of the log are understood, and whether
 * each secret that it names anew is where it says (a command is not run for that).
 * @throws ConfigInvalid (RGS-2001)
 */
export async function dryRunConfig(
  environment: Environment,
  next: LoadedConfig,
  present: LoadedConfig | null,
): Promise<void> {
  const problems = [
    ...(await findLevelProblems(next)),
    ...(present === null ? [] : await findSecretProblems(environment, next, present)),
  ];
  if (problems.length > 0) throw configInvalid(problems);
}

async function findLevelProblems({
  server,
  settings,
}: LoadedConfig): Promise<readonly ConfigProblem[]> {
  const { parseLogLevels } = await import("../../telemetry/logs/levels.ts");
  return (["log", "runLog"] as const).flatMap((key) =>
    parseLogLevels(server[key] ?? "", `server.${key}`).problems.map((message) =>
      toProblem(settings.get(`server.${key}`), message),
    ),
  );
}

async function findSecretProblems(
  environment: Environment,
  next: LoadedConfig,
  present: LoadedConfig,
): Promise<readonly ConfigProblem[]> {
  const changed = listChanges(present.settings, next.settings)
    .filter(({ after }) => [after?.value].flat().some(isReference))
    .map(({ path }) => path.join("."));
  if (changed.length === 0) return [];
  const checks = await checkSecrets(next, { environment, thorough: null });
  return checks
    .filter(({ name, status }) => status === "problem" && changed.includes(toKey(name)))
    .map(({ name, detail }) => toProblem(next.settings.get(toKey(name)), `${name}: ${detail}`));
}

/** `providers.openai.moreKeys[1]` is a part of its list. */
function toKey(name: string): string {
  return name.replace(/\[\d+\]$/u, "");
}

function toProblem(setting: MergedSetting | undefined, message: string): ConfigProblem {
  const { file, text, line, column } = setting?.origin ?? {
    ...{ file: null, text: "configuration", line: null, column: null },
  };
  return { source: file ?? text, line, column, message };
}
