import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Language } from "../../contract/language.ts";
import type { Mutant } from "../../contract/mutant.ts";
import { toMutant, type PatchMutant } from "../../contract/patch-mutant.ts";
import { createLanguageRunner } from "../../execution/languages/create-language-runner.ts";
import type { LanguageDriver, RunBox } from "../../execution/languages/driver.ts";
import { createCommandDriver } from "../../execution/languages/command/command-driver.ts";
import { createGoDriver } from "../../execution/languages/go/go-driver.ts";
import { createPytestDriver } from "../../execution/languages/pytest/pytest-driver.ts";
import { openBoxes } from "../../execution/languages/open-box.ts";
import { createDependenciesUnusable, createRunnerNotInstalled } from "../../execution/errors.ts";
import { normaliseText } from "../../languages/syntax/normalise-text.ts";
import { noteLeftOut, proposePatches } from "../../languages/mutants/propose-patches.ts";
import { createTestReader } from "../../languages/written/read-tests.ts";
import { WHOLE_FILE } from "../../languages/written/split.ts";
import { createTextPrinter } from "../../languages/written/suite-printer.ts";
import { createTextSmells } from "../../languages/written/text-smells.ts";
import type { StagedProject } from "../../adapters/workspace/stage-project.ts";
import type { Clock } from "../../kernel/clock.ts";
import { applyPatch } from "../../contract/patch-mutant.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import type { TestRunner } from "../../ports/runner.ts";
import type { ReadOnlyMount, SandboxBackend } from "../../ports/sandbox.ts";
import type { SuitePrinter } from "../../ports/suite-printer.ts";
import type { ReadSmells, ReadTests } from "../../ports/written-tests.ts";
import { findPythons, MAKE_ANEW } from "./find-python.ts";

/** What takes the place of parsers, builds and adapters for a project in another language. */
export interface LanguageGround {
  readonly language: Language;
  readonly goModule: string | null;
  readonly runner: TestRunner;
  readonly printer: SuitePrinter;
  readonly readSmells: ReadSmells;
  readonly read: ReadTests;
  readonly mutants: readonly Mutant[];
  /** The same text for texts that differ in comments and blanks only. */
  readonly normalise: (path: string, content: string) => string;
  /** Ids of patches that do not build, or to the same code, as far as a compiler is there. */
  readonly findUnfit: (patches: readonly PatchMutant[]) => Promise<ReadonlySet<string>>;
  /** Sentences on what was left out. */
  readonly notes: readonly string[];
}

/** Each costs a run of its tests, several times over. */
const MOST_MUTANTS = 120;
const NEVER = new AbortController().signal;
const PLAIN = { timeZone: "UTC", identity: "first" } as const;

export interface LanguageGroundInput {
  readonly root: string;
  readonly language: Language;
  readonly goModule: string | null;
  readonly sources: readonly SourceText[];
  readonly sandboxes: SandboxBackend;
  readonly staged: Pick<StagedProject, "folder" | "createLayer">;
  /** The patches to go by. @defaultValue those of the text operators */
  readonly patches?: readonly PatchMutant[] | undefined;
}

/**
 * Finds the runner and the mutants of a project in another language. Compilers and the runner's own version question
 * run in the sandbox, none of the project's code.
 * @throws RunnerNotInstalled (RGS-7102), DependenciesUnusable (RGS-7103)
 */
export async function layLanguageGround(
  { clock }: { readonly clock: Clock },
  input: LanguageGroundInput,
): Promise<LanguageGround> {
  const { language, sources, goModule } = input;
  const scratchFolder = await input.staged.createLayer("scratch");
  const chosen = await chooseDriver(clock, input, (mounts) => {
    const host = { sandboxes: input.sandboxes, baseLayer: input.staged.folder, scratchFolder };
    return openBoxes({ ...host, mounts });
  });
  const { driver, open } = chosen;
  const lacking = await driver.findLacking?.(open(PLAIN, NEVER));
  if (lacking != null) throw createDependenciesUnusable(lacking.what, input.root, lacking.hint);
  const { patches: proposed, leftOut } =
    input.patches === undefined
      ? proposePatches(sources, { language: language.name, most: MOST_MUTANTS })
      : { patches: input.patches, leftOut: 0 };
  const all = new Map(proposed.map((patch) => [patch.id, patch]));
  const findUnfit: LanguageGround["findUnfit"] = (some) =>
    findUnfitPatches(driver, open(PLAIN, NEVER), some, sources);
  const unfit = await findUnfit([...all.values()]);
  const patches = new Map([...all].filter(([id]) => !unfit.has(id)));
  const contents = new Map(sources.map(({ path, content }) => [path, content]));
  const mutants = [...patches.values()].map((patch) =>
    toMutant(contents.get(patch.file) ?? "", patch),
  );
  return {
    ...{ language, goModule, mutants, findUnfit },
    normalise: (_path, content) => normaliseText(content, language),
    runner: createLanguageRunner({ clock, driver, openBox: open }, { sources, patches, mutants }),
    printer: createTextPrinter(language),
    readSmells: createTextSmells(language),
    read: createTestReader(language),
    notes: [...chosen.notes, ...noteLeftOut({ patches: proposed, leftOut })],
  };
}

type OpenBoxes = ReturnType<typeof openBoxes>;

interface Chosen {
  readonly driver: LanguageDriver;
  readonly open: OpenBoxes;
  /** Sentences on what would have come first. */
  readonly notes: readonly string[];
}

async function chooseDriver(
  clock: Clock,
  input: LanguageGroundInput,
  toBoxes: (mounts: readonly ReadOnlyMount[]) => OpenBoxes,
): Promise<Chosen> {
  let missing = { what: `no program to run tests in ${input.language.name}`, hint: "install one" };
  const notes: string[] = [];
  for (const { driver, mounts, environment } of await listDrivers(clock, input)) {
    const open = toBoxes(mounts);
    const problem = await driver.findMissing(open(PLAIN, NEVER));
    if (problem === null) return { driver, open, notes };
    if (environment !== null) {
      if (problem.isWrong === true) {
        const why = `the Python of ${environment} is none: ${problem.what}`;
        throw createDependenciesUnusable(why, input.root, MAKE_ANEW);
      }
      notes.push(`tests do not run with the packages of ${environment}: ${problem.what}`);
    }
    missing = problem;
  }
  throw createRunnerNotInstalled(missing.what, input.root, missing.hint);
}

/** Drivers to try, best first. */
async function listDrivers(
  clock: Clock,
  input: LanguageGroundInput,
): Promise<
  readonly {
    readonly driver: LanguageDriver;
    readonly mounts: readonly ReadOnlyMount[];
    /** The project's own environment that it stands for; null for what the system has. */
    readonly environment: string | null;
  }[]
> {
  const sources = input.sources.map(({ path }) => path);
  const paths = ["src", "lib"].filter((folder) =>
    sources.some((path) => path.startsWith(`${folder}/`)),
  );
  switch (input.language.runner) {
    case "pytest":
      return (await findPythons(input.root)).map(({ mounts, environment, ...python }) => ({
        driver: createPytestDriver({ ...python, paths, sources }),
        ...{ mounts, environment },
      }));
    case "go-test":
      return ["/usr/local/go/bin", "/usr/bin"].map((binFolder) => ({
        driver: createGoDriver({
          ...{ binFolder, sources },
          isVendored: existsSync(join(input.staged.folder, "vendor/modules.txt")),
        }),
        ...{ mounts: [], environment: null },
      }));
    case "command":
      return [
        {
          driver: createCommandDriver(
            { clock },
            {
              command: input.language.command ?? [],
              ...{ title: WHOLE_FILE, language: input.language.name },
            },
          ),
          ...{ mounts: [], environment: null },
        },
      ];
  }
}

/** What does not stand in the sources is unfit as well. */
async function findUnfitPatches(
  driver: LanguageDriver,
  box: RunBox,
  patches: readonly PatchMutant[],
  sources: readonly SourceText[],
): Promise<ReadonlySet<string>> {
  const jobs = patches.flatMap((patch) => {
    const source = sources.find(({ path }) => path === patch.file);
    const text = source === undefined ? null : applyPatch(source.content, patch);
    return text === null ? [] : [{ switchId: patch.id, file: patch.file, text }];
  });
  const standing = new Set(jobs.map(({ switchId }) => switchId));
  const gone = patches.map(({ id }) => id).filter((id) => !standing.has(id));
  return new Set([...gone, ...(jobs.length === 0 ? [] : await driver.findUnfit(box, jobs))]);
}
