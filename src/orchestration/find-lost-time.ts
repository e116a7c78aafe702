import type { RunRecord } from "../contract/run-record.ts";

/** A step that used up the time of those after it. */
export interface LostTime {
  readonly step: string;
  /** A sentence on what came of it. */
  readonly summary: string;
  readonly record: RunRecord;
}

/** What a step spends its time on. */
const WORK: Readonly<Record<string, string>> = {
  prepare: "copy, types and mutants of the project",
  baseline: "the existing tests",
  propose: "the search",
  admit: "the proof of candidates",
};
/** Of the whole limit: a step that took less is not to blame, share. */
const BLAME = 0.4;

/**
 * Where a run's time went, when its limit cut a later step off before that had done anything: a search that has run
 * nothing, a proof that has tried nothing, or models that were asked nothing. Null where nothing of the kind happened.
 */
export function findLostTime(records: readonly RunRecord[], isUntried: boolean): LostTime | null {
  const limitMs = toLimitMs(records);
  const starved = limitMs === null ? null : findStarved(records, isUntried);
  if (limitMs === null || starved === null) return null;
  const at = records.indexOf(starved.record);
  const before = records.slice(0, at).filter(({ name }) => name === "action-end");
  const [longest] = before.sort((left, right) => toMs(right) - toMs(left));
  if (longest === undefined || toMs(longest) < limitMs * BLAME) return null;
  const step = String(longest.data["step"]);
  const work = WORK[step];
  const took = `the step "${step}"${work === undefined ? "" : ` (${work})`} took ${toSeconds(toMs(longest))} s`;
  return {
    step,
    summary: `time ended before ${starved.what}: ${took} of the ${toSeconds(limitMs)} s that --max-time gives`,
    record: longest,
  };
}

interface Starved {
  readonly record: RunRecord;
  readonly what: string;
}

/** The first step that came too late to do anything. */
function findStarved(records: readonly RunRecord[], isUntried: boolean): Starved | null {
  const asked = lastEndOf(records, "explore");
  if (asked?.data["ended"] === "time-over" && asked.data["calls"] === 0)
    return { record: asked, what: "a model was asked" };
  const searched = lastEndOf(records, "propose");
  if (searched !== null && searched.data["executions"] === 0 && hasSearched(records))
    return { record: searched, what: "the search had run a single call" };
  const proven = lastEndOf(records, "admit");
  return isUntried && proven !== null
    ? { record: proven, what: "the candidates were tried" }
    : null;
}

/** Where models are the only engine, that step is there and does nothing. */
function hasSearched(records: readonly RunRecord[]): boolean {
  return toRequest(records)["engine"] !== "model";
}

function toLimitMs(records: readonly RunRecord[]): number | null {
  const limitMs = toRequest(records)["maxTimeMs"];
  return typeof limitMs === "number" ? limitMs : null;
}

/** The flags that the run was asked for with. */
function toRequest(records: readonly RunRecord[]): Readonly<Record<string, unknown>> {
  const request = records.find(({ name }) => name === "run-start")?.data["request"];
  return toObject(toObject(request)["flags"]);
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function lastEndOf(records: readonly RunRecord[], step: string): RunRecord | null {
  return (
    records.findLast(({ name, data }) => name === "action-end" && data["step"] === step) ?? null
  );
}

function toMs({ data }: RunRecord): number {
  return typeof data["durationMs"] === "number" ? data["durationMs"] : 0;
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
