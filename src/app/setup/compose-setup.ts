import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";

import { configInvalid } from "../../config/errors.ts";
import { parseYamlConfig } from "../../config/sources/yaml-source.ts";
import { CONFIG_VERSION } from "../../config/schema.ts";
import { createFilesChanged } from "../improve/errors.ts";
import { createFile, replaceFile } from "../config/replace-file.ts";
import { renderConfigFor } from "../init.ts";
import type { SetupFacts, SetupFile } from "./inspect-setup.ts";

/** What was answered. Keys are named by the variable that holds them. */
export interface SetupAnswers {
  /** Null: no model. */
  readonly provider: {
    readonly name: string;
    readonly keyVariable: string | null;
    readonly model: string | null;
    readonly baseUrl: string | null;
    readonly budgetUsd: number | null;
  } | null;
  /** Null: the project's file stays as it is. */
  readonly project: { readonly maxTime: string; readonly sandbox: "auto" | "namespace" } | null;
}

/** A file as it would be written. */
export interface SetupChange {
  readonly file: SetupFile;
  readonly text: string;
}

/** Variables are written in capitals; a key that somebody pastes here is not. */
export const VARIABLE_NAME: RegExp = /^[A-Z_][A-Z0-9_]{1,99}$/u;

/**
 * The files that hold what was answered, without those that would stay as they are. What stands in them already stays, with its comments.
 * @throws ConfigInvalid (RGS-2001) where an answer is none that a configuration may hold
 */
export function composeSetup(facts: SetupFacts, answers: SetupAnswers): readonly SetupChange[] {
  const changes: SetupChange[] = [];
  const { provider } = answers;
  if (provider !== null) {
    const { name, keyVariable, model, baseUrl, budgetUsd } = provider;
    changes.push({
      file: facts.userFile,
      text: setKeys(facts.userFile.text ?? USER_HEADER, [
        [["provider"], name],
        [["providers", name, "apiKey"], keyVariable === null ? null : `env:${keyVariable}`],
        [["providers", name, "model"], model],
        [["providers", name, "baseUrl"], baseUrl],
        [["budgetUsd"], budgetUsd],
      ]),
    });
  }
  const { projectFile, project } = facts;
  if (answers.project !== null && projectFile !== null && project !== null) {
    const { maxTime, sandbox } = answers.project;
    changes.push({
      file: projectFile,
      text: setKeys(projectFile.text ?? renderConfigFor(project), [
        [["maxTime"], maxTime],
        [["sandbox"], sandbox === "auto" ? null : sandbox],
      ]),
    });
  }
  for (const { file, text } of changes) {
    const outcome = parseYamlConfig(text, file.shownAs);
    if (outcome.kind === "failed") throw configInvalid(outcome.problems);
  }
  return changes.filter(({ file, text }) => file.text !== text);
}

const USER_HEADER = `# Your own configuration of Regoose. Keys stand here as references, never as text.\n# regoose config print --origin shows what counts.\n\nversion: ${String(CONFIG_VERSION)}\n`;

type Setting = readonly [path: readonly string[], value: string | number | null];

/** Sets keys in a text; one whose value is null, or that has this value already, is left alone. */
function setKeys(text: string, settings: readonly Setting[]): string {
  const wanted = settings.filter(([, value]) => value !== null);
  const document = parseDocument(text);
  const open = wanted.filter(([path, value]) => document.getIn(path) !== value);
  if (open.length === 0) return text;
  for (const [path, value] of open) document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}

/**
 * Writes what was shown. A file that is another one by now is not touched.
 * @throws FilesChanged (RGS-3104), ConfigUnwritable (RGS-7012)
 */
export async function writeSetup(changes: readonly SetupChange[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const { file } of changes) {
    const text = await readFile(file.path, "utf8").catch(() => null);
    if (text !== file.text) changed.push(file.path);
  }
  if (changed.length > 0) throw createFilesChanged(changed, "apply");
  for (const { file, text } of changes) {
    if (file.text === null) await createFile(file.path, text, file.mode);
    else await replaceFile(file.path, text);
  }
  return changes.map(({ file }) => file.path);
}
