import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { shortHash } from "../../kernel/hash.ts";
import type { WorkerMessage } from "../protocol.ts";
import { messageSchema } from "../read-message.ts";
import { parseLine, readWholeLines } from "./whole-lines.ts";

/** Name of the file in its folder. */
export const SEARCH_ANSWERS_FILE = "search-answers.ndjson";
/** Above this the file is not written any further, bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What is kept of processes that shrink, measure and record. */
export type Answer =
  | Extract<WorkerMessage, { readonly kind: "measured" | "recorded" | "shrunk" }>
  /** How a program went that was suspected of a hang. */
  | { readonly kind: "probed"; readonly outcome: "dies" | "ends" | "hangs" };

/**
 * What processes answered about single programs in the phases after the search. A search under a time limit that was
 * interrupted in one of them takes these over and asks only what is open.
 */
export interface Answers {
  /** The answer to a question that an earlier process put; `question` is anything that JSON holds. */
  find<K extends Answer["kind"]>(kind: K, question: unknown): Extract<Answer, { kind: K }> | null;
  /** Keeps an answer; it is on its way to the disk at once. */
  add(question: unknown, answer: Answer): void;
  /** Waits until all that was added stands in the file. */
  settle(): Promise<void>;
}

/** Of a search whose jobs are on a tape as a whole. */
export const NO_ANSWERS: Answers = {
  find: () => null,
  add: () => undefined,
  settle: () => Promise.resolve(),
};

const kept = new Set<string>(["measured", "recorded", "shrunk"]);
const answer = z.union([
  z.strictObject({ kind: z.literal("probed"), outcome: z.enum(["dies", "ends", "hangs"]) }),
  messageSchema.refine(({ kind }) => kept.has(kind)),
]) as z.ZodType<Answer>;
const lineSchema = z.strictObject({ search: z.string(), question: z.string(), answer });

/**
 * Opens the answers in `folder`; `key` stands for the sources and the seed: lines of any other search are passed over.
 * A line that was being written when the process died is cut off.
 */
export async function openAnswers(folder: string, key: string): Promise<Answers> {
  const path = join(folder, SEARCH_ANSWERS_FILE);
  await mkdir(folder, { recursive: true });
  const known = new Map<string, Answer>();
  const { lines, bytes } = (await readWholeLines(path)) ?? { lines: [], bytes: 0 };
  for (const line of lines) {
    // A damaged one is asked again.
    const read = parseLine(lineSchema, line);
    if (read?.search === key) known.set(read.question, read.answer);
  }
  let written = bytes;
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const text = waiting.join("");
    waiting = [];
    if (text !== "") await appendFile(path, text);
  };
  return {
    find<K extends Answer["kind"]>(kind: K, question: unknown) {
      const found = known.get(toKey(kind, question));
      return found?.kind === kind ? (found as Extract<Answer, { kind: K }>) : null;
    },
    add(question, given) {
      const line = `${JSON.stringify({ search: key, question: toKey(given.kind, question), answer: given })}\n`;
      written += Buffer.byteLength(line);
      if (written > MAX_BYTES) return;
      waiting.push(line);
      // A full disk must not end the search: the run folder reports it on its own writes.
      writing = writing.then(write).catch(() => undefined);
    },
    settle: () => writing,
  };
}

function toKey(kind: Answer["kind"], question: unknown): string {
  return shortHash(JSON.stringify([kind, question]));
}
