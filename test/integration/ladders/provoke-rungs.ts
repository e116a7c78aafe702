import { describeChecks } from "../../../src/app/improve/analyse.ts";
import { characterise } from "../../../src/app/improve/characterise.ts";
import { conclude as concludeImproved } from "../../../src/app/improve/conclude.ts";
import { planImprovement } from "../../../src/app/improve/plan-improvement.ts";
import { readImproveScenario } from "../../../src/app/improve/scenario.ts";
import type { Improvement } from "../../../src/app/improve/step-schemas.ts";
import { toStepResults } from "../../../src/orchestration/checkpoints.ts";
import { join } from "node:path";
import { buildApiModel } from "../../../src/analysis/build-api-model.ts";
import { detectProject } from "../../../src/analysis/detect-project.ts";
import { MOST_LISTED_FILES } from "../../../src/analysis/files/tree.ts";
import { runTypes } from "../../../src/analysis/types/run-types.ts";
import { assignFlags } from "../../../src/app/generate/assign-flags.ts";
import { describeWork, noModel } from "../../../src/app/generate/describe-work.ts";
import { type Plan, planRun } from "../../../src/app/generate/plan.ts";
import { prepareGround } from "../../../src/app/generate/prepare.ts";
import { openOutsideCalls } from "../../../src/app/outside-calls.ts";
import { readEnvironment } from "../../../src/config/environment.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { NO_TELEMETRY } from "../../../src/ports/telemetry.ts";
import type { NotedChange } from "../../../src/contract/model/changes.ts";
import type { RungId } from "../../../src/contract/to-sentence.ts";
import { createFormatter } from "../../../src/execution/formatter.ts";
import type { ToolHost } from "../../../src/execution/project-tool.ts";
import { createTypeChecker } from "../../../src/execution/type-checker.ts";
import { noteLeftOut, proposePatches } from "../../../src/languages/mutants/propose-patches.ts";
import type { Exploration } from "../../../src/model/model-engine.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { aCandidate, aProject as aProjectInfo } from "../../../src/testing/index.ts";
import { kills, runGate, type GateCase } from "../../unit/admission/gate-harness.ts";
import { aSuite, verifySuite } from "../../unit/admission/verify-harness.ts";
import { aProject } from "../../unit/analysis/project-builder.ts";
import { aPlan, anAdmission, aProbe, aProposal, conclude } from "../../unit/app/run-parts.ts";
import { openCrew } from "../../unit/search/crew-bench.ts";
import { propose } from "../search/scene.ts";

/** What a run had to say. */
export interface Said {
  readonly degradations?: readonly string[];
  readonly notes?: readonly string[];
}

const clock = createSystemClock();
const SOURCE = "exports.double = (n) => n * 2;\n";
const { signal } = new AbortController();

const detect = async (files: Readonly<Record<string, unknown>>): Promise<Said> =>
  detectProject({ path: await aProject(files) });

async function types(limitMs: number, file: string): Promise<Said> {
  const root = await aProject({ "index.d.ts": "export declare const one: 1;" });
  const entry = { file, typesPath: join(root, file), sourcePath: null, moduleNames: [] };
  const request = { root, dependencyPaths: [], needsNodeTypes: false, maxFileBytes: 1e6 };
  const { notes } = await runTypes(clock, { ...request, entries: [entry] }, limitMs);
  return { degradations: notes };
}

/** The gate, with something that happens a little later each time, until it says `part`. */
async function gateUntil(part: string, at: (step: number) => Partial<GateCase>): Promise<Said> {
  for (let step = 1; step < 200; step += 1) {
    const candidates = [aCandidate("a"), aCandidate("b")];
    const table = { a: kills("1"), b: kills("2") };
    const said = await runGate({ candidates, table, ...at(step) }).catch(() => null);
    if (said?.result.degradations.some((one) => one.includes(part)) === true) return said.result;
  }
  throw new Error(`the gate never says "${part}"`);
}

async function withTool(use: (host: ToolHost, onNote: (text: string) => void) => Promise<unknown>) {
  const degradations: string[] = [];
  const root = await aProject({});
  const project = aProjectInfo({
    root,
    dependencyFolders: [{ hostPath: join(root, "node_modules"), levelsUp: 0 }],
  });
  const create = (): Promise<never> => Promise.reject(new Error("no sandbox today"));
  const sandboxes = { create, level: "namespace" } as const;
  const host = { sandboxes, project, baseLayer: root, scratchFolder: root };
  await use(host, (text) => degradations.push(text));
  return { degradations };
}

const CHANGED: NotedChange = {
  ...{ provider: "openai", model: "o3", roles: ["judge"], requests: 3 },
  ...{ parameter: "temperature", action: "dropped", field: null, source: "table" },
  why: "a reasoning model does not take it",
};
const SPENT = {
  ...{ calls: 4, tokens: 2000, usd: "0.01", retryAt: null },
  known: { calls: 1, tokens: 500 },
};

const say = (
  parts: Partial<Exploration>,
  remarks: Parameters<typeof describeWork>[3] = {},
): ReturnType<typeof describeWork> =>
  describeWork(aWork(parts), SPENT, "20261128T101500Z-1", remarks);

function aWork(parts: Partial<Exploration>): Exploration {
  return {
    ...{ candidates: [], rejections: [], judgements: [], findings: [], agents: [], gains: [] },
    inputs: { executed: 0, dropped: 0 },
    faults: { patches: [], verdicts: [], dropped: 0 },
    next: { kind: "unknown" },
    ...{ proposed: 0, ended: "nothing-left", problem: null, retryAfterMs: null },
    ...parts,
  };
}

const SURVIVORS = Array.from({ length: 100 }, (_none, index) => `s${index}`);
const BASELINE = { coverage: null, summary: null, mutation: null, kills: [] };

/** What an improvement with one change says. */
function concludeImprovement(found: {
  readonly ended: Improvement["ended"];
  readonly green: readonly string[];
}): Said {
  const steps = readImproveScenario(1);
  const probe = { level: "guarded", backend: "guarded" } as const;
  const nothing = { degradations: [], notes: [] };
  const analysis = { probe, files: {}, hashes: {}, complaints: null, ...nothing };
  const changes = [{ path: "a.js", before: "1\n", after: "2\n" }];
  const results = new Map<string, unknown>([
    ["analyse", { ...analysis, green: found.green }],
    ["report", { ...found, changes, rounds: 1, changedVerdicts: [], failures: [] }],
  ]);
  const facts = { runId: "run-1", goal: { text: "tidy" }, isApplied: false, ...nothing };
  const end = {
    results: toStepResults(results),
    timings: {},
    degradations: [],
    ending: { kind: "completed" },
  } as const;
  return concludeImproved(facts, steps, end) ?? nothing;
}

/** What is said where a file of the plan does not even parse. */
async function characteriseBroken(root: string, path: string): Promise<Said> {
  const request = { goal: "tidy", directory: ".", cwd: root, flags: {} };
  const scope = { deps: { clock }, plan: await planImprovement(clock, request) };
  const plan = { plan: { summary: "", files: [{ path, change: "" }] } };
  const analysis = { files: { [path]: "" } };
  return characterise(
    scope as unknown as Parameters<typeof characterise>[0],
    analysis as unknown as Parameters<typeof characterise>[1],
    plan as unknown as Parameters<typeof characterise>[2],
  );
}

/** For every rung, the code that climbs down to it. A rung without one does not compile. */
export const PROVOKE: Readonly<Record<RungId, () => Said | Promise<Said>>> = {
  "setting-unknown": async () =>
    loadConfig({
      root: await aProject({}),
      environment: readEnvironment({ REGOOSE_SEDE: "3", HOME: "/nonexistent" }),
      flags: {},
    }),
  "flags-standard": async () => {
    const settings = {
      flags: { fewestTests: { rules: [], otherwise: true } },
      deciding: new Map(),
    };
    const plan = { settings, project: aProjectInfo({}), runner: "node" } as unknown as Plan;
    const loadEvaluate = (): Promise<never> => Promise.reject(new Error("no such module"));
    return assignFlags({ clock, loadEvaluate }, "run-1", plan);
  },
  "files-cut": () => {
    const many = Array.from({ length: MOST_LISTED_FILES }, (_none, index) => [`z/${index}`, ""]);
    return detect({ "index.js": SOURCE, ...(Object.fromEntries(many) as Record<string, string>) });
  },
  "entry-source": () =>
    detect({ "package.json": { main: "dist/index.js" }, "src/index.js": SOURCE }),
  "entry-missing": () =>
    detect({
      "package.json": { exports: { ".": "./index.js", "./more": "./gone.js" } },
      "index.js": SOURCE,
    }),
  "entry-broken": () =>
    conclude({ proposal: aProposal({ loadFailures: { "b.js": "no such file" } }) }),
  "callee-barren": () =>
    propose({
      files: { "index.cjs": "exports.leave = () => process.exit(1); exports.one = (n) => n + 1;" },
    }),
  "nothing-found": () =>
    conclude({ admission: null, proposal: aProposal({ obstacles: ["no call ends"] }) }),
  "runner-missing": () =>
    detect({ "package.json": { devDependencies: { vitest: "5" } }, "index.js": SOURCE }),
  "sandbox-guarded": () => conclude({ plan: aPlan({}, "auto"), probe: aProbe("guarded") }),
  "improve-red": () => describeChecks({ green: 1, tests: 2, unread: [], notes: [] }),
  "improve-unread": () => describeChecks({ green: 0, tests: 0, unread: ["a.js"], notes: [] }),
  "improve-uncharacterised": async () => {
    const root = await aProject({ "package.json": {}, "index.js": SOURCE, "b.js": "const = 1;" });
    return characteriseBroken(root, "b.js");
  },
  "improve-unfinished": () => concludeImprovement({ ended: "max-iterations", green: ["a::b"] }),
  "improve-unchecked": () => concludeImprovement({ ended: "converged", green: [] }),
  "models-none": () => noModel("none", "no key"),
  "models-untrusted": async () => {
    const cwd = await aProject({ "regoose.config.yaml": "engine: model\n", "index.js": SOURCE });
    return planRun(clock, { targets: ["."], code: null, cwd, flags: {} });
  },
  "models-unsafe": () => noModel("unsafe", ""),
  "models-away": () => say({ ended: "model-away", problem: "gone" }),
  "models-budget": () => say({ ended: "budget", problem: "0.01 USD" }),
  "models-limited": () => say({ ended: "rate-limited", problem: "429" }),
  "models-late": () => say({ ended: "time-over" }),
  "models-faults": () => say({ faults: { patches: [], verdicts: [], dropped: 2 } }),
  "models-inputs": () => say({ inputs: { executed: 3, dropped: 1 } }),
  "models-cost": () => say({ next: { kind: "estimate", tokens: 500 } }),
  "models-changed": () => say({}, { changes: [CHANGED] }),
  "models-odd": () => say({}, { odd: ["9 pieces came for 4 tokens"] }),
  "models-outside": () =>
    say({
      rejections: [
        { candidateId: "c", reason: "reaches-outside", detail: "uses process.env", title: "t" },
      ],
    }),
  "types-of-file": () => types(60_000, "gone.d.ts"),
  "types-partial": () => types(0, "index.d.ts"),
  "file-too-large": async () => {
    const filler = "// filler\n".repeat(300_000);
    const root = await aProject({ "package.json": {}, "index.js": SOURCE + filler });
    const { notes } = await buildApiModel({ clock }, await detectProject({ path: root }));
    return { degradations: notes };
  },
  "file-plain": async () => {
    const broken = "require('./broken.js');\n";
    const root = await aProject({ "index.js": broken + SOURCE, "broken.js": "let = (;" });
    const project = await detectProject({ path: root });
    const calls = openOutsideCalls(clock);
    await using ground = await prepareGround(
      { clock, calls, telemetry: NO_TELEMETRY },
      { project, runner: "node", sandbox: "guarded" },
    );
    return { degradations: ground.degradations };
  },
  "baseline-unknown": () => conclude({ baseline: { ...BASELINE, problem: "2 are red" } }),
  "callee-left-out": () => {
    // More elements than V8 gives an array: the process ends at once, and no guard can stop it.
    const source = `exports.die = (a, b) => "a".repeat(2 ** 27 + 10).split("");\n${SOURCE}`;
    const budget = { kind: "executions", count: 3_000 } as const;
    return propose({ files: { "index.cjs": source }, input: { budget } });
  },
  "process-given-up": async () => {
    const { crew, run } = openCrew(() => []);
    await run();
    return crew;
  },
  "types-unchecked": () =>
    withTool((host, onNote) => {
      const compilerPath = join(host.project.root, "node_modules/typescript/bin/tsc");
      const options = { compilerPath, tsconfigPath: "tsconfig.json", checksJavaScript: true };
      const check = createTypeChecker(host, { ...options, limitMs: () => 1_000, onNote });
      return check({ "a.test.ts": "" }, { signal });
    }),
  "suite-unformatted": () =>
    withTool((host, onNote) => {
      const binPath = join(host.project.root, "node_modules/prettier/bin");
      const formatter = { name: "prettier", binPath } as const;
      const format = createFormatter(host, { formatter, limitMs: () => 1_000, onNote });
      return format({ "a.test.js": "a" }, { signal });
    }),
  "candidates-untried": async () => {
    const ids = Array.from({ length: 60 }, (_none, index) => `c${index}`);
    const { result } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: Object.fromEntries(ids.map((id) => [id, kills(id)])),
      runner: { costs: { startMs: 300, testMs: 10, pairMs: 5 } },
      timeMs: 5_000,
    });
    return result;
  },
  "patches-left-out": () => {
    const content = "x = 1\n".repeat(50);
    const options = { language: "python", most: 10 };
    return { notes: noteLeftOut(proposePatches([{ path: "a.py", content }], options)) };
  },
  "mutants-not-run": () =>
    gateUntil("were not run", (step) => ({
      table: { a: { ...kills("1"), executes: SURVIVORS }, b: kills("2") },
      runner: { costs: { startMs: 100, testMs: 10, pairMs: 50 } },
      timeMs: step * 100,
    })),
  "suite-stopped": () =>
    gateUntil("was stopped", (step) => {
      const stop = new AbortController();
      const outcome: GateCase["table"][string]["outcome"] = ({ runIndex }) => {
        if (runIndex >= step) stop.abort(new Error("stopped"));
        return "passed";
      };
      return { signal: stop.signal, table: { a: { ...kills("1"), outcome }, b: kills("2") } };
    }),
  "suite-late": () =>
    gateUntil("Time ended before", () => ({ runner: { costs: { startMs: 1_000 } }, timeMs: 1 })),
  "suite-not-held": () =>
    gateUntil("No suite held", (step) => {
      const outcome: GateCase["table"][string]["outcome"] = ({ runIndex }) =>
        runIndex >= step ? "failed" : "passed";
      const table = { a: { ...kills("1"), outcome }, b: { ...kills("2"), outcome } };
      return { options: { maxRounds: 1 }, table };
    }),
  "suite-empty": () => {
    const one = {
      candidateId: "c1",
      reason: "unstable",
      detail: "differs",
      title: "adds",
    } as const;
    return conclude({ admission: anAdmission(0, { rejections: [one] }) });
  },
  "suite-unwritten": () => conclude({ isFailed: true, isWritten: false }),
  "cards-unchecked": async () => (await verifySuite({ suite: await aSuite(), timeMs: 150 })).result,
};
