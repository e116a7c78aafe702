import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ModelAnswer } from "../../../contract/model/answer.ts";
import { parameterChangeSchema } from "../../../contract/model/changes.ts";
import { toErrno } from "../../../kernel/errors.ts";
import { makeFolder, writeWhole } from "../../durable-files.ts";

const count = z.int().min(0);

/** What is kept of an answer: everything that it said, and nothing about how long it took. */
export type StoredAnswer = Pick<
  ModelAnswer,
  | "question"
  | "text"
  | "toolCalls"
  | "reasoning"
  | "finish"
  | "requested"
  | "served"
  | "usage"
  | "changes"
> & {
  readonly v: 1;
  /** What is odd about it: it stands for what was heard, and not for what another run should hear. */
  readonly odd?: readonly string[] | undefined;
};

const storedSchema: z.ZodType<StoredAnswer> = z.strictObject({
  v: z.literal(1),
  odd: z.array(z.string()).optional(),
  question: z.string(),
  text: z.string(),
  toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), input: z.unknown() })),
  reasoning: z.string().nullable(),
  finish: z.enum(["stop", "length", "tool-calls", "content-filter", "other"]),
  requested: z.strictObject({ provider: z.string(), model: z.string() }),
  served: z.string().nullable(),
  usage: z.strictObject({
    inputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    outputTokens: count,
    reasoningTokens: count,
  }),
  // Answers of earlier releases have none.
  changes: z.array(parameterChangeSchema).default([]),
});

/** Answers by their question, one file each. */
export interface AnswerStore {
  /** Null where there is none, or a damaged one. */
  get(key: string): Promise<StoredAnswer | null>;
  put(key: string, answer: StoredAnswer): Promise<void>;
}

/** Of a cache: 256 folders by the first two digits of the question, which fill evenly. */
const MOST_IN_CACHE = 4_096;

/** Answers of earlier runs. It keeps the newest {@link MOST_IN_CACHE}, about. */
export function openAnswerCache(folder: string, most: number = MOST_IN_CACHE): AnswerStore {
  const store = openAnswerStore(folder);
  const mostInFolder = Math.max(1, Math.floor(most / 256));
  return {
    get: (key) => store.get(key),
    async put(key, answer) {
      await store.put(key, answer);
      await forgetOldest(join(folder, key.slice(0, 2)), mostInFolder);
    },
  };
}

/** What another process forgets at the same moment is gone as well. */
async function forgetOldest(folder: string, most: number): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= most) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      return { path, atMs: found?.mtimeMs ?? 0 };
    }),
  );
  const oldest = files.toSorted((a, b) => a.atMs - b.atMs).slice(0, files.length - most);
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
}

/** Keeps all of them. */
export function openAnswerStore(folder: string): AnswerStore {
  const toPath = (key: string): string => join(folder, key.slice(0, 2), `${key}.json`);
  return {
    async get(key) {
      try {
        return storedSchema.parse(JSON.parse(await readFile(toPath(key), "utf8")));
      } catch (failure) {
        if (toErrno(failure) === undefined || toErrno(failure) === "ENOENT") return null;
        throw failure;
      }
    },
    async put(key, answer) {
      await makeFolder(join(folder, key.slice(0, 2)));
      // It was paid for: who reads it sees a whole answer or none, after a power cut too.
      await writeWhole(toPath(key), `${JSON.stringify(answer)}\n`, { mode: 0o600 });
    },
  };
}

export function toStored(answer: ModelAnswer<unknown>): StoredAnswer {
  const { question, text, reasoning, finish, requested, served, usage, changes } = answer;
  const toolCalls = answer.toolCalls.map((call) => ({ ...call }));
  const odd = answer.oddities ?? [];
  const kept = { question, text, toolCalls, reasoning, finish, requested, served, usage, changes };
  return { ...(odd.length === 0 ? {} : { odd }), v: 1, ...kept };
}
