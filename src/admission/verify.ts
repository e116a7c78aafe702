import type { Mutant } from "../contract/mutant.ts";
import type {
  BrokenReason,
  CardVerdict,
  ProofCard,
  ProofMutant,
  VerifyResult,
} from "../contract/proof-card.ts";
import type { TestResult } from "../contract/test-run.ts";
import { toTestKey } from "../contract/test-run.ts";
import { toSentence } from "../contract/to-sentence.ts";
import { sha256 } from "../kernel/hash.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SuiteVerifier, VerifyInput } from "../ports/gate.ts";
import type { TestRunner } from "../ports/runner.ts";
import { compare } from "./cards.ts";
import type { KillMatrix } from "./mutants/run-pairs.ts";
import { outcomeOf } from "./mutants/run-pairs.ts";
import { GATE_DEFAULTS } from "./run.ts";
import type { GateOptions } from "./run.ts";
import { createSession } from "./session.ts";
import { toCardKey, toProjectPath } from "./verify-paths.ts";
import type { SuiteRuns } from "./verify-runs.ts";
import { isClean, reproveKills, rerunSuite } from "./verify-runs.ts";

export interface VerifierDeps {
  readonly runner: TestRunner;
  readonly clock: Clock;
}

export type VerifierOptions = Pick<GateOptions, "concurrency" | "runTimeoutMs" | "pairTimeoutMs">;

/**
 * Re-proves cards against the files and sources as they stand now: each test still passes in every
 * re-run, is still red on each mutant its card claims, on its own assertion, and still covers its branches.
 * Believes nothing that the proof file says.
 */
export function createSuiteVerifier(
  deps: VerifierDeps,
  options: Partial<VerifierOptions> = {},
): SuiteVerifier {
  const settings = { ...GATE_DEFAULTS, ...options };
  return {
    async verify(input, { signal }) {
      signal.throwIfAborted();
      const session = createSession(deps, { ...settings, deadline: input.deadline, signal });
      const state = readState(input);
      const runs = await rerunSuite(session, input);
      const early = new Map(
        input.proof.cards.map((card) => [
          card,
          judgeClaims(card, state) ??
            judgeRuns(card, state, runs) ??
            judgeBranches(card, state, runs),
        ]),
      );
      const open = [...early].flatMap(([card, verdict]) => (verdict === null ? [card] : []));
      const matrix = await reproveKills(session, input, open, settings.pairTimeoutMs);
      const cards = input.proof.cards.map((card) => ({
        card,
        verdict: early.get(card) ?? judgeKills(card, state, matrix) ?? HOLDS,
      }));
      return toResult(state, runs, cards);
    },
  };
}

const HOLDS: CardVerdict = { kind: "holds" };

/** What can be said without running anything. */
interface State {
  readonly input: VerifyInput;
  /** Suite-relative files that are gone or not as written. */
  readonly changedFiles: readonly string[];
  /** Project-relative sources that are gone or not as proven. */
  readonly changedSources: ReadonlySet<string>;
  /** The mutants that the proof describes, by id. */
  readonly claimed: ReadonlyMap<string, ProofMutant>;
  /** The mutants that the sources have now, by id. */
  readonly present: ReadonlyMap<string, Mutant>;
}

function readState(input: VerifyInput): State {
  const { proof } = input;
  const isAsWritten = (path: string, hash: string): boolean => {
    const content = input.files[toProjectPath(input, path)];
    return content !== undefined && sha256(content) === hash;
  };
  const changedFiles = Object.entries(proof.files).filter((entry) => !isAsWritten(...entry));
  const changedSources = Object.entries(proof.sources).filter(
    ([path, hash]) => input.sources[path] !== hash,
  );
  return {
    input,
    changedFiles: changedFiles.map(([path]) => path).sort(compare),
    changedSources: new Set(changedSources.map(([path]) => path)),
    claimed: new Map(proof.mutants.map((mutant) => [mutant.id, mutant])),
    present: new Map(
      [...input.mutantBuild.mutants, ...(input.patches ?? []).map(({ mutant }) => mutant)].map(
        (mutant) => [mutant.id, mutant],
      ),
    ),
  };
}

/** Judges a card by what it says: its file, its sources, its mutants. */
function judgeClaims(card: ProofCard, state: State): CardVerdict | null {
  const { input } = state;
  const isNamed = Object.hasOwn(input.proof.files, card.file);
  if (!isNamed || input.files[toProjectPath(input, card.file)] === undefined) {
    return broken("file-missing", `${card.file} is gone`);
  }
  const stale = toSources(card, state).filter((path) => state.changedSources.has(path));
  if (stale.length > 0) {
    return { kind: "stale", detail: `${stale.join(", ")} changed since it was proven` };
  }
  if (card.kills.length === 0) return broken("no-kill-claimed", "it claims no mutant");
  const gone = card.kills.find((id) => !state.present.has(id));
  return gone === undefined ? null : broken("mutant-gone", `there is no mutant ${gone}`);
}

/** The source files that a card speaks of. */
function toSources(card: ProofCard, state: State): readonly string[] {
  const files = [
    ...card.kills.flatMap((id) => (state.claimed.get(id) ?? state.present.get(id))?.file ?? []),
    ...card.onlyCovers.map((counter) => counter.slice(0, counter.lastIndexOf("#"))),
  ];
  return [...new Set(files)].sort(compare);
}

/** Judges a card by the plain run and the re-runs of its file. */
function judgeRuns(card: ProofCard, state: State, runs: SuiteRuns): CardVerdict | null {
  if (runs.hasTimeEnded) return broken("not-checked", "the time ended");
  const key = toCardKey(state.input, card);
  const file = toProjectPath(state.input, card.file);
  for (const [index, parts] of runs.plain.entries()) {
    const report = parts.find((part) => part.files.includes(file))?.report;
    const results = (report?.tests ?? []).filter((test) => toTestKey(test) === key);
    const where = index === 0 ? "" : `re-run ${String(index)}: `;
    const red = results.find((test) => test.status !== "passed");
    if (red !== undefined) {
      return broken(index === 0 ? "failed" : "unstable", `${where}${toRedText(red)}`);
    }
    if (report !== undefined && !isClean(report)) {
      const [stray] = report.strayErrors;
      const text = stray ?? ("detail" in report.end ? report.end.detail : report.end.kind);
      return stray === undefined
        ? broken(index === 0 ? "failed" : "unstable", `${where}its file does not run: ${text}`)
        : broken("unhandled-rejection", `${where}${text}`);
    }
    if (results.length === 0) {
      return broken("test-missing", `${where}no test "${card.fullTitle}" in ${card.file}`);
    }
  }
  return null;
}

function toRedText(test: TestResult): string {
  const { failure } = test;
  return failure === null ? `reported as ${test.status}` : `${failure.name}: ${failure.message}`;
}

function judgeBranches(card: ProofCard, state: State, runs: SuiteRuns): CardVerdict | null {
  if (card.onlyCovers.length === 0) return null;
  const { counters, files } = runs.coverage;
  if (!files.has(toProjectPath(state.input, card.file))) {
    return broken("not-checked", "its coverage could not be measured");
  }
  const key = toCardKey(state.input, card);
  const own = counters.get(key);
  const lost = card.onlyCovers.find((counter) => own?.has(counter) !== true);
  if (lost !== undefined) return broken("branch-lost", `it no longer covers ${lost}`);
  // In a suite as written, "only" is part of the claim; in an edited one another may well cover it too.
  if (state.changedFiles.length > 0) return null;
  const others = [...counters].filter(([other]) => other !== key);
  const shared = card.onlyCovers.find((counter) => others.some(([, set]) => set.has(counter)));
  return shared === undefined ? null : broken("branch-lost", `another test covers ${shared} too`);
}

function judgeKills(card: ProofCard, state: State, matrix: KillMatrix): CardVerdict | null {
  const key = toCardKey(state.input, card);
  for (const id of card.kills) {
    const outcome = outcomeOf(matrix, key, state.present.get(id)?.switchId ?? "");
    if (outcome === undefined) {
      const why = state.input.deadline.isOver() ? "the time ended" : "it gave no clear result";
      return broken("not-checked", `mutant ${id} was not tried to the end: ${why}`);
    }
    if (outcome.isAssertion) continue;
    const seen = outcome.status === "survived" ? "it stays green" : "no assertion of its own fails";
    return broken("not-red", `${seen} on mutant ${id}`);
  }
  return null;
}

function broken(reason: BrokenReason, detail: string): CardVerdict {
  return { kind: "broken", reason, detail };
}

function toResult(state: State, runs: SuiteRuns, cards: VerifyResult["cards"]): VerifyResult {
  const count = (kind: CardVerdict["kind"]): number =>
    cards.filter(({ verdict }) => verdict.kind === kind).length;
  const isCut = cards.some(
    ({ verdict }) => verdict.kind === "broken" && verdict.reason === "not-checked",
  );
  return {
    cards,
    counts: { holds: count("holds"), stale: count("stale"), broken: count("broken") },
    unproven: findUnproven(state.input, runs),
    changedFiles: state.changedFiles,
    degradations: isCut ? [toSentence("cards-unchecked", {})] : [],
  };
}

/** Tests that the plain run saw and no card speaks of. */
function findUnproven(input: VerifyInput, runs: SuiteRuns): readonly string[] {
  const vouched = new Set(input.proof.cards.map((card) => toCardKey(input, card)));
  const prefix = toProjectPath(input, "");
  const found = (runs.plain[0] ?? [])
    .flatMap((part) => part.report.tests)
    .filter((test) => !vouched.has(toTestKey(test)))
    .map((test) => `${test.file.slice(prefix.length)} > ${test.fullTitle}`);
  return [...new Set(found)].sort(compare);
}
