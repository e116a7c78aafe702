import type { RegooseError } from "../../../kernel/errors.ts";
import type { BreakerState } from "../../../ports/outside-calls.ts";
import type { Candidate } from "./candidate.ts";
import type { Lane } from "./lane.ts";

/** A model with all keys that it may be asked with. */
export interface Row {
  readonly candidate: Candidate;
  /** One for each key; never empty. */
  readonly lanes: readonly Lane[];
  /** The key to ask with: one that is neither refused nor to be waited for, and of those the least busy, in turns. */
  pick(without?: ReadonlySet<Lane>): Lane | null;
  /** Of the key that is best off. */
  breaker(): BreakerState;
  waitMs(): number;
}

const STATES: readonly BreakerState[] = ["closed", "half-open", "open"];

export function createRow(candidate: Candidate, lanes: readonly Lane[]): Row {
  let turn = 0;
  const breaker = (): BreakerState =>
    STATES.find((state) => lanes.some((lane) => lane.breaker() === state)) ?? "closed";
  return {
    candidate,
    lanes,
    pick(without = new Set()) {
      const inTurn = [...lanes.slice(turn), ...lanes.slice(0, turn)];
      const [best] = inTurn.filter((lane) => !without.has(lane)).toSorted(compare);
      if (best !== undefined) turn = (lanes.indexOf(best) + 1) % lanes.length;
      return best ?? null;
    },
    breaker,
    waitMs: () => Math.min(...lanes.map((lane) => lane.waitMs())),
  };
}

function compare(a: Lane, b: Lane): number {
  return (
    Number(a.isRefused()) - Number(b.isRefused()) ||
    STATES.indexOf(a.breaker()) - STATES.indexOf(b.breaker()) ||
    a.waitMs() - b.waitMs() ||
    a.load() - b.load()
  );
}

/** Failures that are of the key and not of the model: with another key the same request may well be answered. */
const OF_THE_KEY: ReadonlySet<string> = new Set(["RGS-4001", "RGS-4007", "RGS-4017", "RGS-7502"]);

/** Another key to ask the same model with at once; null where none is any better. */
export function findOtherKey(
  row: Row,
  { code }: RegooseError,
  spent: ReadonlySet<Lane>,
): Lane | null {
  if (!OF_THE_KEY.has(code)) return null;
  const lane = row.pick(spent);
  if (lane === null || lane.isRefused()) return null;
  return lane.breaker() === "open" || lane.waitMs() > 0 ? null : lane;
}
