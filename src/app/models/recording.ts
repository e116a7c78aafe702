import { join } from "node:path";
import { z } from "zod";

import { openAnswerStore } from "../../adapters/llm/router/answer-store.ts";
import { toAnswer } from "../../adapters/llm/router/create-model-router.ts";
import { toSchema } from "../../adapters/llm/router/question.ts";
import { openLineFile, readLineFile } from "../../adapters/store/line-file.ts";
import type { ModelRequest } from "../../contract/model/request.ts";
import { ERROR_TABLE, type ErrorCode } from "../../kernel/error-table.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { sha256, toCanonicalJson } from "../../kernel/hash.ts";
import type { ModelPort } from "../../ports/model.ts";

/** In the folder of a run's answers: what was asked in words that hang on no configuration, and what became of it. */
export const RECORDING_FILE = "recording.ndjson";

const lineSchema = z.discriminatedUnion("kind", [
  /** A process begins to ask; `model` is who is asked first, as cards have it. */
  z.strictObject({ kind: z.literal("begin"), model: z.string() }),
  z.strictObject({ kind: z.literal("answer"), asked: z.string(), question: z.string() }),
  z.strictObject({
    kind: z.literal("failure"),
    asked: z.string(),
    code: z.string(),
    message: z.string(),
  }),
  /** Time was over when that was looked at for the so-many-th time, from 1. */
  z.strictObject({ kind: z.literal("over"), looks: z.int().min(1) }),
]);

type Line = z.infer<typeof lineSchema>;

/** Models that the agents of one run ask, on the wire or out of a recording. */
export interface RecordedModels {
  readonly port: ModelPort;
  /** Who is asked first, `provider/model`. */
  readonly name: string;
  /** Whether no further question should begin; `isOver` says so by the clock, which a replay does not read. */
  isOver(isOver: () => boolean): boolean;
  /** What was odd about answers that came damaged, a sentence each. */
  odd(): readonly string[];
}

/** Keeps what a model is asked, and what becomes of it, in the folder of the run's answers. */
export async function recordModels(
  model: ModelPort,
  folder: string,
  name: string,
): Promise<RecordedModels> {
  const file = openLineFile(join(folder, RECORDING_FILE));
  const append = (line: Line): Promise<void> => file.append(line);
  await append({ kind: "begin", model: name });
  const odd: string[] = [];
  let looks = 0;
  let isTold = false;
  return {
    name,
    port: {
      models: () => model.models(),
      async generate(request, options) {
        const asked = toAsked(request);
        try {
          const answer = await model.generate(request, options);
          await append({ kind: "answer", asked, question: answer.question });
          odd.push(...(answer.oddities ?? []));
          return answer;
        } catch (failure) {
          if (failure instanceof RegooseError && !options.signal.aborted) {
            const { code, message } = failure;
            await append({ kind: "failure", asked, code, message });
          }
          throw failure;
        }
      },
    },
    isOver(isOver) {
      looks += 1;
      const over = isOver();
      if (over && !isTold) {
        isTold = true;
        // Missing after a full disk, it lets a replay ask on, which then says what is not recorded.
        append({ kind: "over", looks }).catch(() => undefined);
      }
      return over;
    },
    odd: () => odd,
  };
}

/**
 * The same models out of the recording alone: nothing is sent, no key is fetched, and errors of models come again where
 * they came.
 * @throws NotRecorded (RGS-4019) from `generate`, where a question is not in it
 */
export async function replayModels(folder: string): Promise<RecordedModels> {
  const { name, answers, failures, over } = await readRecording(folder);
  const store = openAnswerStore(folder);
  const odd: string[] = [];
  let looks = 0;
  return {
    name,
    port: {
      models: () => [],
      async generate<T>(request: ModelRequest<T>, { signal }: { readonly signal: AbortSignal }) {
        signal.throwIfAborted();
        const asked = toAsked(request);
        const question = answers.get(asked);
        const known = question === undefined ? null : await store.get(question);
        if (known !== null) {
          odd.push(...(known.odd ?? []));
          return toAnswer(request, known, "recording");
        }
        throw failures.get(asked) ?? createNotRecorded(request, asked);
      },
    },
    isOver() {
      looks += 1;
      return over !== null && looks >= over;
    },
    odd: () => odd,
  };
}

interface Recording {
  readonly name: string;
  readonly answers: ReadonlyMap<string, string>;
  readonly failures: ReadonlyMap<string, RegooseError>;
  readonly over: number | null;
}

/** What the latest process failed with counts, and what any has answered. */
async function readRecording(folder: string): Promise<Recording> {
  const answers = new Map<string, string>();
  const failures = new Map<string, RegooseError>();
  let name = "unknown";
  let over: number | null = null;
  for (const read of await readLineFile(join(folder, RECORDING_FILE))) {
    const { data: line } = lineSchema.safeParse(read);
    switch (line?.kind) {
      case "begin":
        failures.clear();
        over = null;
        name = line.model;
        break;
      case "answer":
        answers.set(line.asked, line.question);
        break;
      case "failure":
        if (isCode(line.code)) failures.set(line.asked, new RegooseError(line.code, line.message));
        break;
      case "over":
        over = line.looks;
        break;
      case undefined:
        break;
    }
  }
  return { name, answers, failures, over };
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

/** Names what was asked, whoever is asked and with which settings: a replay has none of either. */
function toAsked(request: ModelRequest<unknown>): string {
  const { role, messages, tools, toolChoice, model, sample = 0 } = request;
  const schema = toSchema(request);
  const asked = { role, messages, tools, toolChoice, model, sample, schema };
  return sha256(toCanonicalJson(asked)).slice(0, 32);
}

function createNotRecorded({ role }: ModelRequest<unknown>, asked: string): RegooseError {
  return new RegooseError(
    "RGS-4019",
    `a question of the agent "${role}" is not in the recording (${asked})`,
    { details: { role, asked } },
  );
}
