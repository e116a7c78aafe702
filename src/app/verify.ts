import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { createSuiteVerifier } from "../admission/verify.ts";
import { readStandingProof, readSuiteFiles } from "../adapters/workspace/read-suite.ts";
import { detectProject } from "../analysis/detect-project.ts";
import type { SandboxLevel } from "../contract/envelope.ts";
import type { AnyRunner, ProjectInfo } from "../contract/project.ts";
import { isAgentPatch } from "../contract/patch-mutant.ts";
import type { ProofFile } from "../contract/proof-card.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { createNoSuite } from "./errors.ts";
import { requireModelCodeLevel } from "./model-code-level.ts";
import type { PlannedLanguage } from "./generate/plan.ts";
import { findLanguageSuite, findProvenPatches } from "./languages/find-language-suite.ts";
import { prepareGround } from "./generate/prepare.ts";
import { openOutsideCalls } from "./outside-calls.ts";
import { findPatches } from "./generate/patch-builds.ts";
import { createProjectRunner } from "./generate/project-runner.ts";
import { openRunTelemetry } from "./run-telemetry.ts";

/** What `regoose verify --json` prints as data. */
export interface VerifyData {
  /** Project-relative folder of the suite. */
  readonly suite: string;
  readonly sandboxLevel: SandboxLevel;
  readonly holds: number;
  readonly stale: number;
  readonly broken: number;
  readonly cards: readonly {
    readonly file: string;
    readonly fullTitle: string;
    readonly verdict: "holds" | "stale" | "broken";
    readonly detail: string;
  }[];
  /** Tests in the suite's files that no card vouches for. */
  readonly unproven: readonly string[];
  /** Files of the suite that are not as they were written. */
  readonly changedFiles: readonly string[];
  readonly degradations: readonly string[];
}

/** Bound on one verification, ms; a suite of a thousand tests takes well under a minute. */
const VERIFY_LIMIT_MS = 10 * 60_000;

const MOST_RERUNS = 100;

/**
 * Re-proves a suite's cards with no model and no network.
 * @throws NoSuite (RGS-3011) when there is no proof file, ProofDamaged (RGS-3012) when it cannot be read,
 * ModelCodeNeedsNamespace (RGS-7104) where a model wrote part of it and the sandbox is a weak one that nobody typed
 */
export async function verify(
  deps: { readonly clock: Clock; readonly version: string },
  input: {
    readonly folder: string;
    readonly cwd: string;
    readonly sandbox: "auto" | SandboxLevel | undefined;
    /** Runs the tests of a suite in a language that Regoose knows no runner for. */
    readonly testCommand?: string | undefined;
  },
  options: { readonly signal: AbortSignal; readonly onLog?: (text: string) => void },
): Promise<VerifyData> {
  const name = `verify-${randomUUID()}`;
  await using opened = await openRunTelemetry(
    { clock: deps.clock, onLog: options.onLog },
    { runId: name, version: deps.version, store: null },
  );
  const { telemetry } = opened;
  const attributes = { "process.pid": process.pid, "regoose.version": deps.version };
  return await telemetry.span("verify", attributes, () =>
    verifySuite({ clock: deps.clock, telemetry }, input, options),
  );
}

async function verifySuite(
  deps: { readonly clock: Clock; readonly telemetry: Telemetry },
  input: Parameters<typeof verify>[1],
  options: { readonly signal: AbortSignal },
): Promise<VerifyData> {
  const suite = await openSuite(resolve(input.cwd, input.folder), input);
  const { project, folder, proof, runner: runnerName, language } = suite;
  await using ground = await prepareGround(
    { ...deps, calls: openOutsideCalls(deps.clock) },
    {
      ...{ project, runner: runnerName, language, sandbox: input.sandbox ?? "auto" },
      ...(language === null
        ? {}
        : { toPatches: (sources) => findProvenPatches(proof, sources, language) }),
    },
  );
  if (isOfModel(proof)) {
    const typed = { isGuardedTyped: input.sandbox === "guarded" };
    requireModelCodeLevel(ground.probe.level, typed, "tests and faults of a model");
  }
  const outDir = relative(project.root, folder).split(sep).join("/");
  const runner = await createProjectRunner(deps, ground, {
    project,
    runner: runnerName,
    concurrency: 2,
  });
  const result = await createSuiteVerifier({ runner, clock: deps.clock }).verify(
    {
      project,
      outDir,
      proof,
      files: toProjectFiles(await readSuiteFiles(folder, Object.keys(proof.files)), outDir),
      sources: ground.sourceHashes,
      mutantBuild: ground.mutantBuild,
      // In another language all mutants are patches, and stand in the build.
      patches: language === null ? findPatches(proof.mutants, ground.sources) : [],
      coverageBuild: ground.coverageBuild,
      reruns: toReruns(proof),
      deadline: createDeadline(deps.clock, VERIFY_LIMIT_MS),
    },
    options,
  );
  return {
    suite: outDir,
    sandboxLevel: ground.probe.level,
    ...result.counts,
    cards: result.cards.map(({ card, verdict }) => ({
      file: card.file,
      fullTitle: card.fullTitle,
      verdict: verdict.kind,
      detail: verdict.kind === "holds" ? "" : verdict.detail,
    })),
    unproven: result.unproven,
    changedFiles: result.changedFiles,
    degradations: result.degradations,
  };
}

/** Whether a model wrote one of its tests, or a fault that they are held against. */
function isOfModel({ cards, mutants }: ProofFile): boolean {
  return cards.some(({ origin }) => origin === "model") || mutants.some(isAgentPatch);
}

interface OpenedSuite extends FoundSuite {
  readonly runner: AnyRunner;
  readonly language: PlannedLanguage | null;
}

async function openSuite(
  path: string,
  input: Pick<Parameters<typeof verify>[1], "cwd" | "testCommand">,
): Promise<OpenedSuite> {
  const other = await findLanguageSuite(path, input);
  if (other !== null) return { ...other, runner: other.language.runner };
  const { project: found, folder, proof } = await findSuite(path);
  const runner = toRunnerName(proof, found);
  const project = await detectProject({ path: found.root, runner });
  return { project, folder, proof, runner, language: null };
}

interface FoundSuite {
  readonly project: ProjectInfo;
  readonly folder: string;
  readonly proof: ProofFile;
}

/** `path` is the suite folder itself, or a project whose suite stands in the default place. */
async function findSuite(typed: string): Promise<FoundSuite> {
  // The root of a project is a real path, and the suite's folder is named relative to it.
  const path = await realpath(typed).catch(() => typed);
  const project = await detectProject({ path });
  for (const folder of [path, join(project.root, project.testsFolder, "regoose")]) {
    // A suite never stands in the project's own folder.
    if (folder === project.root) continue;
    const proof = await readStandingProof(folder);
    if (proof !== null) return { project, folder, proof };
  }
  throw createNoSuite(path);
}

function toRunnerName(proof: ProofFile, project: ProjectInfo): ProjectInfo["runner"] {
  const known = ["node", "vitest", "jest", "mocha"] as const;
  return known.find((name) => name === proof.runner) ?? project.runner;
}

/** As many as the cards claim, within what `generate` makes at most: a proof file is anyone's input. */
function toReruns({ cards }: ProofFile): number {
  const claimed = cards.reduce((most, card) => Math.max(most, card.reruns), 1);
  return Math.min(claimed, MOST_RERUNS);
}

function toProjectFiles(
  files: Readonly<Record<string, string>>,
  outDir: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [`${outDir}/${path}`, content]),
  );
}
