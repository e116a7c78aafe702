import type { Fault } from "./fault.ts";

/** A first cause that says more than this names everything and therefore nothing; the rest is not read, characters. */
const READ_LIMIT = 1_200;
/** What to type next is advice, not a cause. */
const ADVICE = /^(?:next|hint|advice|fix|docs|command|commands)$/u;

/** What `regoose why --json` prints, as far as it is judged. */
export interface WhyAnswer {
  readonly data?: { readonly causes?: readonly unknown[] } | null;
  readonly error?: unknown;
}

export interface Verdict {
  readonly isRight: boolean;
  /** What was said first. */
  readonly given: string;
  /** Patterns that did not match, or that should not have. */
  readonly complaints: readonly string[];
}

/** Judges the first cause; where no cause is given, the error that stands in its place. */
export function judge(fault: Fault, answer: WhyAnswer): Verdict {
  const first = answer.data?.causes?.[0] ?? answer.error ?? null;
  const given = toText(first).join(" · ").slice(0, READ_LIMIT);
  const complaints = [
    ...fault.evidence.filter((one) => !one.test(given)).map((one) => `lacks ${String(one)}`),
    ...(fault.not ?? []).filter((one) => one.test(given)).map((one) => `says ${String(one)}`),
  ];
  return { isRight: given !== "" && complaints.length === 0, given, complaints };
}

/** All texts and numbers of a value, advice left out. */
function toText(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(toText);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (ADVICE.test(key) ? [] : toText(inner)));
}
