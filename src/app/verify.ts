import { readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { createSuiteVerifier } from "../admission/verify.ts";
import { PROOF_FILE, readProof } from "../adapters/workspace/suite-folder.ts";
import { detectProject } from "../analysis/detect-project.ts";
import type { SandboxLevel } from "../contract/envelope.ts";
import type { ProjectInfo } from "../contract/project.ts";
import type { ProofFile } from "../contract/proof-card.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import { createNoSuite } from "./errors.ts";
import { prepareGround } from "./generate/prepare.ts";
import { createProjectRunner } from "./generate/project-runner.ts";

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
  readonly degradations: readonly string[];
}

/** Bound on one verification, ms; a suite of a thousand tests takes well under a minute. */
const VERIFY_LIMIT_MS = 10 * 60_000;

/**
 * Re-proves a suite's cards with no model and no network.
 * @throws NoSuite (RGS-3011) when there is no readable proof file
 */
export async function verify(
  deps: { readonly clock: Clock },
  input: {
    readonly folder: string;
    readonly cwd: string;
    readonly sandbox: "auto" | SandboxLevel | undefined;
  },
  options: { readonly signal: AbortSignal },
): Promise<VerifyData> {
  const { project, folder, proof } = await findSuite(resolve(input.cwd, input.folder));
  const runnerName = toRunnerName(proof, project);
  await using ground = await prepareGround(deps, {
    project,
    runner: runnerName,
    sandbox: input.sandbox ?? "auto",
  });
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
      files: await readSuite(folder, outDir, proof),
      sources: ground.sourceHashes,
      mutantBuild: ground.mutantBuild,
      coverageBuild: ground.coverageBuild,
      reruns: Math.max(1, ...proof.cards.map((card) => card.reruns)),
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
    degradations: result.degradations,
  };
}

interface FoundSuite {
  readonly project: ProjectInfo;
  readonly folder: string;
  readonly proof: ProofFile;
}

/** `path` is the suite folder itself, or a project whose suite stands in the default place. */
async function findSuite(path: string): Promise<FoundSuite> {
  const project = await detectProject({ path });
  for (const folder of [path, join(project.root, project.testsFolder, "regoose")]) {
    const proof = await readProof(folder);
    if (proof !== null) return { project, folder, proof };
  }
  throw createNoSuite(path);
}

function toRunnerName(proof: ProofFile, project: ProjectInfo): ProjectInfo["runner"] {
  const known = ["node", "vitest", "jest", "mocha"] as const;
  return known.find((name) => name === proof.runner) ?? project.runner;
}

/** A missing file is left out; the verifier calls its cards broken. */
async function readSuite(
  folder: string,
  outDir: string,
  proof: ProofFile,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const path of Object.keys(proof.files)) {
    // The proof file is anyone's input: a path that leaves the suite is not followed.
    if (path === PROOF_FILE || relative(folder, join(folder, path)).startsWith("..")) continue;
    const content = await readFile(join(folder, path), "utf8").catch(() => null);
    if (content !== null) files[`${outDir}/${path}`] = content;
  }
  return files;
}
