import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { readStandingProof } from "../../adapters/workspace/read-suite.ts";
import { toBlankProject } from "../../analysis/languages/detect-language-project.ts";
import { LANGUAGE_RUNNERS } from "../../contract/language.ts";
import {
  createPatchMutant,
  isPatch,
  toPatchMutator,
  type PatchMutant,
} from "../../contract/patch-mutant.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import type { ProofFile, ProofMutant } from "../../contract/proof-card.ts";
import { proposePatches } from "../../languages/mutants/propose-patches.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import type { PlannedLanguage } from "../generate/plan.ts";
import { loadSettings } from "../settings.ts";
import { chooseLanguage } from "./choose-language.ts";

/** A suite in another language, found by its proof file. */
export interface LanguageSuite {
  readonly project: ProjectInfo;
  /** Absolute folder. */
  readonly folder: string;
  readonly proof: ProofFile;
  readonly language: PlannedLanguage;
}

/**
 * The suite in `typed`, or in a usual place below it, where its proof names another language; null for any other. A
 * proof is anyone's input: the command that runs its tests comes from the flag or the user's own configuration.
 * @throws ProofDamaged (RGS-3012), TestCommandMissing (RGS-2025)
 */
export async function findLanguageSuite(
  typed: string,
  input: { readonly cwd: string; readonly testCommand?: string | undefined },
): Promise<LanguageSuite | null> {
  const path = await realpath(typed).catch(() => typed);
  for (const folder of [path, join(path, "tests/regoose"), join(path, "test/regoose")]) {
    const proof = await readStandingProof(folder);
    const runner = LANGUAGE_RUNNERS.find((name) => name === proof?.runner);
    if (proof?.language === undefined || runner === undefined) continue;
    const root = findRoot(folder, Object.keys(proof.sources));
    const { testCommand } = await loadSettings(root, {
      cwd: input.cwd,
      flags: { testCommand: input.testCommand },
    });
    const command = runner === "command" ? testCommand : null;
    const language = chooseLanguage({ language: proof.language, testCommand: command });
    if (language === null) continue;
    const sourceFiles = Object.keys(proof.sources).filter(isInside);
    return {
      ...{ folder, proof },
      project: { ...toBlankProject(root), name: basename(root), sourceFiles },
      language: { ...language, goModule: null },
    };
  }
  return null;
}

/** The nearest folder above that holds what was tested; the second one above, where nothing of it is left. */
function findRoot(folder: string, sources: readonly string[]): string {
  for (let root = dirname(folder); dirname(root) !== root; root = dirname(root)) {
    if (sources.some((file) => isInside(file) && existsSync(join(root, file)))) return root;
  }
  return dirname(dirname(folder));
}

function isInside(path: string): boolean {
  return path !== "" && !/^\/|(?:^|\/)\.\.(?:\/|$)|\\/u.test(path);
}

/**
 * The mutants that a proof names, found again: those of operators have to be what operators propose on the sources of
 * now, those of an agent stand where the proof says.
 */
export function findProvenPatches(
  { mutants }: ProofFile,
  sources: readonly SourceText[],
  { name: language }: Pick<PlannedLanguage, "name">,
): readonly PatchMutant[] {
  const wanted = new Set(mutants.map(({ id }) => id));
  const { patches } = proposePatches(sources, { language, most: Number.POSITIVE_INFINITY });
  const byAgent = mutants
    .filter((mutant) => isPatch(mutant) && mutant.mutator === toPatchMutator(AGENT))
    .flatMap((mutant) => toAgentPatch(mutant, sources) ?? []);
  return [...patches, ...byAgent].filter(({ id }) => wanted.has(id));
}

const AGENT = { kind: "agent", name: "", why: "" } as const;

function toAgentPatch(
  { file, range, replacement }: ProofMutant,
  sources: readonly SourceText[],
): PatchMutant | null {
  const source = sources.find(({ path }) => path === file)?.content;
  if (source === undefined) return null;
  const offset = toOffset(source, range.start);
  const original = source.slice(offset, toOffset(source, range.end));
  return createPatchMutant(source, { file, offset, original, replacement, by: AGENT });
}

function toOffset(source: string, { line, column }: ProofMutant["range"]["start"]): number {
  const before = source.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, column);
}
