import type { RunRecord } from "../contract/run-record.ts";
import type { PreviousFailure } from "./action.ts";

/** A step that is done. */
export interface Checkpoint {
  /** Hash of the stored result. */
  readonly output: string;
  readonly durationMs: number;
  /** Time the run had used by then, ms. */
  readonly usedMs: number;
  /** The run was being stopped: a resume does the step again. */
  readonly isPartial: boolean;
  /** What the result lacks, in sentences. */
  readonly degradations: readonly string[];
}

/** What the log of a run says about its steps. */
export interface RunHistory {
  /** Step → its last checkpoint. */
  readonly checkpoints: ReadonlyMap<string, Checkpoint>;
  /** Step → attempts begun. */
  readonly attempts: ReadonlyMap<string, number>;
  /** Step → how its last attempt failed. */
  readonly failures: ReadonlyMap<string, PreviousFailure>;
  /** How the run ended, if it has since it was last started, resumed or reset. */
  readonly outcome: string | null;
}

/** Reads a run's history off its records. Records of names unknown here are skipped. */
export function readHistory(records: readonly RunRecord[]): RunHistory {
  const checkpoints = new Map<string, Checkpoint>();
  const attempts = new Map<string, number>();
  const failures = new Map<string, PreviousFailure>();
  let outcome: string | null = null;
  for (const { name, data } of records) {
    const step = toText(data["step"]);
    switch (name) {
      case "run-end":
        outcome = toText(data["outcome"]);
        break;
      case "run-resume":
        outcome = null;
        break;
      case "run-reset":
        outcome = null;
        for (const one of toTexts(data["steps"])) {
          checkpoints.delete(one);
          failures.delete(one);
        }
        break;
      case "action-start":
        attempts.set(step, (attempts.get(step) ?? 0) + 1);
        break;
      case "action-end":
        checkpoints.set(step, toCheckpoint(data));
        break;
      case "action-fail":
        failures.set(step, toFailure(data));
        break;
      default:
    }
  }
  return { checkpoints, attempts, failures, outcome };
}

function toCheckpoint(data: RunRecord["data"]): Checkpoint {
  return {
    output: toText(data["output"]),
    durationMs: toNumber(data["durationMs"]),
    usedMs: toNumber(data["usedMs"]),
    isPartial: data["isPartial"] === true,
    degradations: toTexts(data["degradations"]),
  };
}

function toFailure(data: RunRecord["data"]): PreviousFailure {
  return {
    attempt: toNumber(data["attempt"]),
    code: toText(data["code"]),
    message: toText(data["message"]),
  };
}

const toNumber = (value: unknown): number => (typeof value === "number" ? value : 0);
const toText = (value: unknown): string => (typeof value === "string" ? value : "");
const toTexts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(toText) : [];
