import { toSentence } from "../contract/to-sentence.ts";
import type { ProposeInput } from "../ports/proposer.ts";
import type { Archive } from "./archive.ts";
import { HUNG_BEFORE, OUT_OF_FUEL, OUT_OF_TIME, STRAY_PREFIX } from "./engine/endless.ts";
import { toCalleeKey } from "./engine/program-tools.ts";
import type { WorkerMessage } from "./protocol.ts";

/** What kept the search from proposing tests. */
export interface Obstacles {
  take(message: Extract<WorkerMessage, { kind: "barren" }>): void;
  /** Sentences on callees of which no call makes a test, in a fixed order. */
  listBarren(archive: Pick<Archive, "items">): readonly string[];
  /** Why a search came to nothing, the likeliest first. */
  explain(ending: SearchEnding): readonly string[];
}

/** How a search ended that has no candidate. */
export interface SearchEnding {
  readonly archive: Pick<Archive, "items">;
  readonly budget: ProposeInput["budget"];
  readonly executions: number;
  /** Programs chosen to be recorded, those that were, and those that did not do the same twice. */
  readonly chosen: number;
  readonly recorded: number;
  readonly differing: number;
  /** What the crew has to say of processes that were lost. */
  readonly degradations: readonly string[];
  readonly notes: readonly string[];
}

const MAX_NAMED = 5;

/** Collects what the processes of one search tell. */
export function createObstacles(): Obstacles {
  const barren = new Map<string, string>();
  let targets: number | null = null;
  const listBarren: Obstacles["listBarren"] = ({ items }) => {
    const fruitful = new Set(
      items.flatMap(({ program }) =>
        program.statements.map((statement) => toCalleeKey(program, statement)),
      ),
    );
    return [...barren]
      .filter(([callee]) => !fruitful.has(callee))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .slice(0, MAX_NAMED)
      .map(([callee, problem]) =>
        toSentence("callee-barren", { callee, why: PROBLEMS[problem] ?? toWords(problem) }),
      );
  };
  return {
    take(message) {
      targets = Math.max(targets ?? 0, message.targets);
      for (const { callee, problem } of message.callees) {
        const known = barren.get(callee);
        // The order in which processes end must not show.
        if (known === undefined || problem < known) barren.set(callee, problem);
      }
    },
    listBarren,
    explain(ending) {
      return [
        ...(targets === 0 ? ["nothing that it exports can be called"] : explainTime(ending)),
        ...(ending.differing > 0
          ? [`what it does differs from run to run (${String(ending.differing)} programs)`]
          : []),
        ...listBarren(ending.archive),
        ...ending.degradations,
        ...ending.notes.filter((note) => note.startsWith("a search process was lost")),
      ];
    },
  };
}

/** Nothing ran, or nothing was recorded, though the clock was all that was in the way. */
function explainTime(ending: SearchEnding): readonly string[] {
  const { budget, executions, chosen, recorded, differing } = ending;
  if (budget.kind !== "time") return [];
  const time = `the time limit (--max-time) left the search ${(budget.durationMs / 1000).toFixed(1)} s, which`;
  if (executions === 0) return [`${time} were over before a single call had run`];
  return chosen > 0 && recorded + differing === 0
    ? [`${time} were over before what it had found could be recorded`]
    : [];
}

const PROBLEMS: Readonly<Record<string, string>> = {
  [OUT_OF_FUEL]: "no call of it comes to an end",
  [OUT_OF_TIME]: "each call of it takes too long",
  [HUNG_BEFORE]: "calls of it hung or crashed their process",
};

function toWords(problem: string): string {
  return problem.startsWith(STRAY_PREFIX)
    ? `it leaves errors behind that nobody handles, such as ${problem.slice(STRAY_PREFIX.length)}`
    : problem;
}
