import type { AdmissionResult } from "../contract/admission.ts";
import { toSentence } from "../contract/to-sentence.ts";
import type { AdmitInput, Gate } from "../ports/gate.ts";
import { toProofFile } from "./cards.ts";
import { summarise } from "./coverage-summary.ts";
import { createKillMatrix } from "./mutants/run-pairs.ts";
import { countVerdicts, toVerdicts } from "./mutants/verdicts.ts";
import type { GateDeps, GateOptions, GateRun } from "./run.ts";
import { GATE_DEFAULTS, openGateRun } from "./run.ts";
import { screen } from "./screen.ts";
import { TimeEnded } from "./session.ts";
import type { Written } from "./write.ts";
import { createWritten, writeAndProve } from "./write.ts";

/**
 * The gatekeeper (DESIGN section 1): one set of rules for every proposer. Does no I/O of its own;
 * tests run through `deps.runner`, text comes from `deps.printer`.
 */
export function createGate(deps: GateDeps, options: Partial<GateOptions> = {}): Gate {
  const settings = { ...GATE_DEFAULTS, ...options };
  return {
    async admit(input, call) {
      call.signal.throwIfAborted();
      const run = openGateRun(deps, input, settings, call);
      const written = createWritten();
      const ending = await decide(run, written);
      return toResult(run, written, ending);
    },
  };
}

type Ending = "finished" | "time-ended" | "cancelled";

/** Screens drafts, then writes and proves. What was proven when something cuts in stays in `written`. */
async function decide(run: GateRun, written: Written): Promise<Ending> {
  try {
    const evidence = await screen(run);
    await writeAndProve(run, evidence, written);
    return "finished";
  } catch (thrown) {
    if (thrown instanceof TimeEnded) return "time-ended";
    if (run.session.signal.aborted && written.proven !== null) return "cancelled";
    throw thrown;
  }
}

function toResult(run: GateRun, written: Written, ending: Ending): AdmissionResult {
  const { input } = run;
  const proof = written.proven?.proof ?? null;
  closeLedger(run, written, ending);
  const mutants = toVerdicts({
    mutants: input.mutantBuild.mutants,
    tests: proof?.suite.tests ?? [],
    executed: proof?.executed ?? new Map<string, ReadonlySet<string>>(),
    atLoad: proof?.atLoad ?? new Set(),
    matrix: proof?.matrix ?? createKillMatrix(),
  });
  const map = proof?.coverage ?? {};
  const mutation = countVerdicts(mutants);
  const notTried = run.ledger.rejections().filter(({ reason }) => reason === "not-tried").length;
  return {
    files: proof?.suite.files ?? {},
    proof: toProofFile(input, proof),
    rejections: run.ledger.rejections(),
    coverage: { map, summary: summarise(map) },
    mutants,
    mutation,
    ...toPatchPart(run, written),
    lostInWriting: { admitted: written.admitted?.size ?? 0, lost: written.lost.size },
    degradations: toDegradations(input, run, {
      written,
      ending,
      notRun: mutation.notRun,
      notTried,
    }),
    notes: toNotes(input, notTried),
    ...(ending === "cancelled" ? { isCancelled: true } : {}),
  };
}

/** Patches that no written test was run with stay `notRun`. */
function toPatchPart({ input }: GateRun, { proven }: Written): Pick<AdmissionResult, "patches"> {
  const patches = (input.patches ?? []).map(({ mutant }) => mutant);
  if (patches.length === 0) return {};
  const tests = proven?.proof.suite.tests ?? [];
  const all = new Set(patches.map(({ id }) => id));
  return {
    patches: toVerdicts({
      ...{ mutants: patches, tests, atLoad: all },
      // Each run with a patch is one of all tests: whether they get there is not measured.
      executed: new Map(tests.map(({ key }) => [key, all])),
      matrix: proven?.proof.matrix ?? createKillMatrix(),
    }).map((verdict) => (tests.length === 0 ? { ...verdict, status: "notRun" } : verdict)),
  };
}

/** Every candidate that is not in the suite gets its reason. */
function closeLedger(run: GateRun, written: Written, ending: Ending): void {
  const kept = new Set(written.proven?.proof.suite.tests.map((test) => test.candidate.id));
  const isDecided = ending === "finished" || written.proven !== null;
  for (const candidate of run.ledger.live()) {
    if (kept.has(candidate.id)) continue;
    const leftOut = written.leftOut.get(candidate.id);
    if (isDecided && leftOut !== undefined)
      run.ledger.reject(candidate.id, "adds-nothing", leftOut);
    else run.ledger.reject(candidate.id, "not-tried", "the time ended before it was proven");
  }
}

function toDegradations(
  input: AdmitInput,
  run: GateRun,
  facts: {
    readonly written: Written;
    readonly ending: Ending;
    readonly notRun: number;
    readonly notTried: number;
  },
): readonly string[] {
  const { written, ending, notRun, notTried } = facts;
  const sentences: string[] = [];
  if (ending === "cancelled") {
    sentences.push(toSentence("suite-stopped", {}));
  }
  if (written.proven === null && (ending === "time-ended" || notTried > 0)) {
    sentences.push(toSentence("suite-late", {}));
  }
  if (ending === "finished" && written.proven === null && written.lost.size > 0) {
    sentences.push(toSentence("suite-not-held", { rounds: run.options.maxRounds }));
  }
  if (notRun > 0) {
    const total = input.mutantBuild.mutants.length;
    sentences.push(toSentence("mutants-not-run", { left: notRun, total }));
  }
  return sentences;
}

/** The best candidates come first, so a suite stands without the rest. */
function toNotes(input: AdmitInput, notTried: number): readonly string[] {
  if (notTried === 0) return [];
  const proposed = input.candidates.length;
  return [toSentence("candidates-untried", { untried: notTried, proposed })];
}
