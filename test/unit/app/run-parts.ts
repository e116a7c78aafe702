import { toGenerateData, type RunParts } from "../../../src/app/generate/conclude.ts";
import type { Plan } from "../../../src/app/generate/plan.ts";
import type { AdmissionResult } from "../../../src/contract/admission.ts";
import type { ProposeResult } from "../../../src/ports/proposer.ts";
import type { SandboxProbe } from "../../../src/ports/sandbox.ts";

const EMPTY = {
  statements: { covered: 0, total: 0 },
  branches: { covered: 0, total: 0 },
  functions: { covered: 0, total: 0 },
};

export function aPlan(parts: Partial<Plan> = {}, sandbox: "auto" | "guarded" = "auto"): Plan {
  return {
    settings: { seed: 1, sandbox },
    outDir: "test/regoose",
    runner: "node",
    degradations: [],
    notes: [],
    isDryRun: false,
    ...parts,
  } as Plan;
}

export function aProbe(level: "namespace" | "guarded"): SandboxProbe {
  return { backend: "any", level, isAvailable: true, facts: [], problem: null, fix: null };
}

export function aProposal(parts: Partial<ProposeResult> = {}): ProposeResult {
  return {
    candidates: [],
    findings: [],
    executions: 9,
    reproducible: true,
    degradations: [],
    notes: [],
    obstacles: [],
    loadFailures: {},
    ...parts,
  };
}

export function anAdmission(tests: number, parts: Partial<AdmissionResult> = {}): AdmissionResult {
  return {
    files: tests > 0 ? { "test/regoose/a.test.js": "" } : {},
    proof: { cards: Array.from({ length: tests }) },
    rejections: [],
    coverage: { map: {}, summary: EMPTY },
    mutants: [],
    mutation: {},
    lostInWriting: { admitted: tests, lost: 0 },
    degradations: [],
    notes: [],
    ...parts,
  } as unknown as AdmissionResult;
}

export function conclude(parts: Partial<RunParts> = {}): ReturnType<typeof toGenerateData> {
  return toGenerateData({
    plan: aPlan(),
    runId: "run-1",
    probe: aProbe("namespace"),
    baseline: null,
    proposal: aProposal(),
    admission: anAdmission(2),
    unread: [],
    isWritten: true,
    isCancelled: false,
    isFailed: false,
    timings: {},
    ...parts,
  });
}
