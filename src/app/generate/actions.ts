import { z } from "zod";

import { PROOF_FILE, type SuiteFolder } from "../../adapters/workspace/suite-folder.ts";
import type { AdmissionResult, Baseline } from "../../contract/admission.ts";
import { toCanonicalJson } from "../../kernel/hash.ts";
import { defineAction, type Action } from "../../orchestration/action.ts";
import type { ProposeResult } from "../../ports/proposer.ts";
import { admissionSchema } from "../../reporting/report-schema.ts";
import { readSavedMs } from "../../search/saved/saved-state.ts";
import { createNothingLoads } from "../errors.ts";
import { LAYING_LIMIT_MS, MEASURING_LIMIT_MS, STEP_RETRY } from "../step-limits.ts";
import { admitCandidates } from "./admit.ts";
import { measureBaseline } from "./baseline.ts";
import type { Ground } from "./prepare.ts";
import { proposeCandidates, toModelMs } from "./propose.ts";
import type { RunScope } from "./run-scope.ts";
import {
  baselineSchema,
  groundFactsSchema,
  proposalSchema,
  writtenSchema,
  type GroundFacts,
  type Written,
} from "./step-schemas.ts";

/**
 * Lays the ground in this process, once. `known`: what an earlier process found it to be.
 * @throws SourcesChanged (RGS-1023) when the sources are others now
 */
export type LayGround = (known: GroundFacts | null, signal: AbortSignal) => Promise<Ground>;

/** Copies the project, compiles the builds and finds out what there is. */
export function createPrepareAction(layGround: LayGround): Action<object, GroundFacts> {
  return defineAction({
    name: "prepare-project",
    title: "preparing the project",
    input: z.object({}),
    output: groundFactsSchema,
    effects: "none",
    timeoutMs: LAYING_LIMIT_MS,
    retry: STEP_RETRY,
    run: async (_, { signal }) => toFacts(await layGround(null, signal)),
    describe: ({ probe }) => ({ sandbox: probe.level }),
  });
}

function toFacts({ probe, sources, sourceHashes, degradations }: Ground): GroundFacts {
  const { level, backend, facts } = probe;
  return { probe: { level, backend, facts }, sources, sourceHashes, degradations };
}

/** What Actions need that stand on the ground. */
export interface OnGround {
  readonly facts: GroundFacts;
}

/** What the gate needs. */
export interface ForGate extends OnGround {
  readonly baseline: Baseline | null;
  readonly proposal: ProposeResult;
}

const onGround = z.object({ facts: groundFactsSchema });

/** Inputs of the gate, and of what comes after it. */
export const forGate: z.ZodObject<{
  facts: typeof groundFactsSchema;
  baseline: typeof baselineSchema;
  proposal: typeof proposalSchema;
}> = onGround.extend({ baseline: baselineSchema, proposal: proposalSchema });

/** Runs the existing suite once. */
export function createBaselineAction(
  scopeOf: () => RunScope,
  layGround: LayGround,
): Action<OnGround, Baseline | null> {
  return defineAction({
    name: "measure-baseline",
    title: "running the existing tests",
    input: onGround,
    output: baselineSchema,
    effects: "none",
    timeoutMs: MEASURING_LIMIT_MS,
    retry: STEP_RETRY,
    run: async ({ facts }, { signal }) =>
      measureBaseline(withSignal(scopeOf(), signal), await layGround(facts, signal)),
    describe: (baseline) => ({ problem: baseline?.problem ?? null }),
  });
}

/** Lets the search engine propose. @throws TargetDoesNotLoad (RGS-3010) */
export function createProposeAction(
  scopeOf: () => RunScope,
  layGround: LayGround,
): Action<OnGround, ProposeResult> {
  return defineAction({
    name: "propose-tests",
    title: "searching for tests",
    input: onGround,
    output: proposalSchema,
    effects: "none",
    retry: STEP_RETRY,
    run: async ({ facts }, { signal }) => {
      const scope = withSignal(scopeOf(), signal);
      // Of the attempt before this one, in whichever process, the finds are saved and the time counts.
      const searchedMs = await readSavedMs(scope.folder);
      const proposal = await proposeCandidates(
        { ...scope, searchedMs },
        await layGround(facts, signal),
      );
      rejectUnloadable(proposal, facts);
      return proposal;
    },
    describe: ({ candidates, executions, findings, obstacles }) => ({
      candidates: candidates.length,
      executions,
      findings: findings.length,
      ...(obstacles.length === 0 ? {} : { obstacles: obstacles.slice(0, 5) }),
    }),
  });
}

/** A module that does not load is a note as long as another one does. */
function rejectUnloadable(
  { candidates, findings, loadFailures }: ProposeResult,
  { degradations }: GroundFacts,
): void {
  const isEmpty = candidates.length === 0 && findings.length === 0;
  if (isEmpty && Object.keys(loadFailures).length > 0)
    throw createNothingLoads(loadFailures, degradations);
}

/** Lets the gate decide. Stopped midway, it answers the latest suite that was proven. */
export function createAdmitAction(
  scopeOf: () => RunScope,
  layGround: LayGround,
): Action<ForGate, AdmissionResult> {
  return defineAction({
    name: "admit-tests",
    title: "proving tests",
    input: forGate,
    output: admissionSchema,
    effects: "none",
    retry: STEP_RETRY,
    run: async ({ facts, ...found }, { signal, markPartial }) => {
      const ground = await layGround(facts, signal);
      const scope = scopeOf();
      const admission = await admitCandidates(withSignal(scope, signal), ground, {
        baseline: found.baseline,
        candidates: found.proposal.candidates,
        isKept: true,
        laterMs: scope.plan.engine === "auto" ? toModelMs(scope.plan) : 0,
      });
      if (admission.isCancelled === true) markPartial();
      return admission;
    },
    describe: ({ proof, mutation, lostInWriting }) => ({
      tests: proof.cards.length,
      mutation,
      lostInWriting,
    }),
  });
}

/**
 * Swaps the suite in. What stands there already is not written again. Never tried again by itself, and never left behind
 * by a limit: two swaps of one folder at a time would take each other's files.
 */
export function createWriteAction(
  scopeOf: () => RunScope,
  suite: SuiteFolder,
): Action<{ admission: AdmissionResult }, Written> {
  return defineAction({
    name: "write-suite",
    title: "writing the suite",
    input: z.object({ admission: admissionSchema }),
    output: writtenSchema,
    effects: "outside",
    isIdempotent: true,
    finishes: true,
    run: async ({ admission: { files, proof } }) => {
      // An empty result never replaces a suite that stands.
      if (Object.keys(files).length === 0) return { isWritten: false };
      // The proof names every file by its hash, so an equal one stands for an equal suite.
      if (suite.proof !== null && toCanonicalJson(suite.proof) === toCanonicalJson(proof)) {
        return { isWritten: true };
      }
      const relative = Object.entries(files).map(([path, content]): [string, string] => [
        path.slice(scopeOf().plan.outDir.length + 1),
        content,
      ]);
      await suite.replace({
        ...Object.fromEntries(relative),
        [PROOF_FILE]: `${JSON.stringify(proof, null, 2)}\n`,
      });
      return { isWritten: true };
    },
  });
}

export function withSignal(scope: RunScope, signal: AbortSignal): RunScope {
  return { ...scope, options: { ...scope.options, signal } };
}
