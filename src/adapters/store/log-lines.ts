import {
  firstRecordSchema,
  RUN_RECORD_VERSION,
  storedRecordSchema,
  type RunEvent,
  type RunRecord,
} from "../../contract/run-record.ts";
import { shortHash } from "../../kernel/hash.ts";

/** What a log file holds. */
export interface LogText {
  readonly records: readonly RunRecord[];
  /** Bytes up to the end of the last record that counts; what follows is torn or damaged. */
  readonly goodBytes: number;
}

const SUM = /,"sum":"(?<sum>[0-9a-f]{16})"\}$/u;

/** One line: JSON whose last field is a checksum of all that stands before it. */
export function toLogLine(event: RunEvent, place: Omit<RunRecord, keyof RunEvent>): string {
  const { sequence, epoch, at } = place;
  const record = { v: RUN_RECORD_VERSION, sequence, epoch, at, name: event.name, data: event.data };
  const body = JSON.stringify(record).slice(0, -1);
  return `${body},"sum":"${shortHash(body)}"}\n`;
}

/**
 * Reads a log. It ends at the first line that is torn or damaged. A record counts when it is the next in
 * sequence and no owner of a later epoch wrote before it: what a fenced-off owner still wrote is skipped.
 */
export function readLogText(text: string): LogText {
  const records: RunRecord[] = [];
  let goodBytes = 0;
  let epoch = 1;
  for (const line of text.split("\n").slice(0, -1)) {
    const record = parseLine(line, records.length + 1);
    if (record === null) break;
    goodBytes += Buffer.byteLength(line) + 1;
    if (record.epoch < epoch || record.sequence !== records.length + 1) continue;
    epoch = record.epoch;
    records.push(record);
  }
  return { records, goodBytes };
}

function parseLine(line: string, nextSequence: number): RunRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const sum = SUM.exec(line);
  if (sum === null) {
    const first = firstRecordSchema.safeParse(value);
    // A record that names its version has a checksum, or is not whole.
    if (!first.success || isVersioned(value)) return null;
    return { ...first.data, sequence: nextSequence, epoch: 1 };
  }
  if (sum.groups?.["sum"] !== shortHash(line.slice(0, sum.index))) return null;
  const stored = storedRecordSchema.safeParse(value);
  if (!stored.success) return null;
  const { sequence, epoch, at, name, data } = stored.data;
  return { sequence, epoch, at, name, data };
}

function isVersioned(value: unknown): boolean {
  return typeof value === "object" && value !== null && "v" in value;
}
