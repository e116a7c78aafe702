import { basename, resolve } from "node:path";
import { configInvalid, configUnreadable, type ConfigProblem } from "../../config/errors.ts";
import { migrateText } from "../../config/migrate.ts";
import { readConfigFile, type ReadConfig } from "../../config/sources/config-file.ts";
import { readProjectConfig } from "../../config/sources/config-files.ts";
import { detectRoot } from "../detect-root.ts";
import { replaceFile } from "./replace-file.ts";

/** What `regoose config migrate --json` prints as data. */
export interface MigrateData {
  /** Absolute. */
  readonly file: string;
  readonly outcome: "current" | "pending" | "written";
  /** Changed lines, each with `+` or `-` before it. */
  readonly diff: readonly string[];
}

/**
 * Brings a configuration file to the present version: shows what would change, and writes it where `isWanted`.
 * Without `file` it takes the project's own.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002), ConfigUnwritable (RGS-7012)
 */
export async function migrateConfig(input: {
  readonly cwd: string;
  readonly file: string | undefined;
  readonly isWanted: boolean;
}): Promise<MigrateData> {
  const file = await findFile(input.cwd, input.file);
  const migration = migrateText(file.text, file.shownAs);
  switch (migration.kind) {
    case "current":
      return { file: file.path, outcome: "current", diff: [] };
    case "failed":
      throw configInvalid(
        file.outcome.kind === "failed" ? file.outcome.problems : migration.problems,
      );
    case "migrated": {
      if (input.isWanted) await replaceFile(file.path, migration.text);
      const outcome = input.isWanted ? "written" : "pending";
      return { file: file.path, outcome, diff: toDiff(file.text, migration.text) };
    }
  }
}

async function findFile(cwd: string, typed: string | undefined): Promise<ReadConfig> {
  if (typed !== undefined) {
    const path = resolve(cwd, typed);
    const file = await readConfigFile(path, basename(path), { followsLinks: false });
    if (file === null) throw configUnreadable(path, "there is no such file");
    return file;
  }
  const problems: ConfigProblem[] = [];
  const root = detectRoot(cwd);
  const file = await readProjectConfig(root, problems);
  if (problems.length > 0) throw configInvalid(problems);
  if (file === null)
    throw configUnreadable(root, "it has no regoose.config.yaml; `regoose init` writes one");
  return file;
}

/** The lines between the common start and the common end. */
function toDiff(before: string, after: string): readonly string[] {
  const [old, now] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  let start = 0;
  while (start < old.length && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return [
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
  ];
}
