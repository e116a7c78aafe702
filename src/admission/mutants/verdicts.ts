import type { MutantVerdict } from "../../contract/admission.ts";
import type { Mutant, MutantStatus, MutationCounts } from "../../contract/mutant.ts";
import type { SuiteTest } from "../suite.ts";
import type { KillMatrix } from "./run-pairs.ts";
import { outcomeOf } from "./run-pairs.ts";

export interface VerdictInput {
  readonly mutants: readonly Mutant[];
  readonly tests: readonly Pick<SuiteTest, "key">[];
  /** Test key → switch ids of the mutants it executed. */
  readonly executed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Switch ids of mutants that ran while modules loaded. */
  readonly atLoad: ReadonlySet<string>;
  readonly matrix: KillMatrix;
}

/** What became of every mutant, in the order of the build. */
export function toVerdicts(input: VerdictInput): readonly MutantVerdict[] {
  return input.mutants.map((mutant) => toVerdict(mutant, input));
}

function toVerdict(mutant: Mutant, input: VerdictInput): MutantVerdict {
  const { switchId } = mutant;
  const covering = input.tests.filter((test) => input.executed.get(test.key)?.has(switchId));
  const outcomes = covering.map((test) => outcomeOf(input.matrix, test.key, switchId)?.status);
  const killers = covering.filter((_, index) => outcomes[index] === "killed");
  return {
    mutant,
    status: toStatus(outcomes, input.atLoad.has(switchId)),
    killedBy: killers.map((test) => test.key),
    coveredBy: covering.map((test) => test.key),
  };
}

function toStatus(
  outcomes: readonly ("killed" | "survived" | "timed-out" | undefined)[],
  isAtLoad: boolean,
): MutantStatus {
  if (outcomes.length === 0) return isAtLoad ? "loadTime" : "notCovered";
  if (outcomes.includes("killed")) return "killed";
  if (outcomes.includes("timed-out")) return "timedOut";
  return outcomes.includes(undefined) ? "notRun" : "survived";
}

export function countVerdicts(verdicts: readonly MutantVerdict[]): MutationCounts {
  const counts: Record<MutantStatus, number> = {
    killed: 0,
    timedOut: 0,
    survived: 0,
    notCovered: 0,
    loadTime: 0,
    notRun: 0,
  };
  for (const verdict of verdicts) counts[verdict.status] += 1;
  return { ...counts, total: verdicts.length };
}
