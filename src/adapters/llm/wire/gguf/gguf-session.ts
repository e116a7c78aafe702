import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type * as NodeLlamaCpp from "node-llama-cpp";
import type {
  ChatHistoryItem,
  ChatWrapper,
  Llama,
  LlamaContextSequence,
  LlamaGrammar,
  LlamaModel,
  Token,
} from "node-llama-cpp";
import type { GenerateBody, ModelFile } from "./protocol.ts";
import { toGrammarSchema } from "./to-grammar-schema.ts";

type Library = typeof NodeLlamaCpp;

/** A loaded model with one context, which remembers the question before. */
export interface GgufSession {
  readonly name: string;
  readonly contextTokens: number;
  /**
   * Answers one question; the next one has to wait for its end. An abort ends it early.
   * @throws ContextFull, GrammarRefused, and what the library throws
   */
  generate(
    body: GenerateBody,
    options: { readonly signal: AbortSignal; readonly onText: (text: string) => void },
  ): Promise<Generated>;
}

export interface Generated {
  readonly finish: "stop" | "length" | "aborted";
  readonly inputTokens: number;
  readonly keptTokens: number;
  readonly outputTokens: number;
}

/** The question does not fit the context. */
export class ContextFull extends Error {}
/** No grammar can be made of the schema. */
export class GrammarRefused extends Error {}

/** As much context as nobody asked for: more costs memory that few machines can spare. */
const USUAL_CONTEXT_TOKENS = 16_384;

/** Loads a model. Never builds or downloads anything. */
export async function openSession(library: Library, file: ModelFile): Promise<GgufSession> {
  const { getLlama, LlamaLogLevel } = library;
  const llama = await getLlama({
    ...{ gpu: "auto", build: "never", skipDownload: true, progressLogs: false },
    logLevel: LlamaLogLevel.error,
    // On all cores of a busy machine its threads wait for each other: 3 tokens/s in place of 3,000 were measured.
    maxThreads: Math.max(1, availableParallelism() - 1),
  });
  const model = await llama.loadModel({ modelPath: file.path });
  const wanted = file.contextTokens;
  const context = await model.createContext({
    contextSize:
      wanted === null
        ? { max: Math.min(USUAL_CONTEXT_TOKENS, model.trainContextSize) }
        : Math.min(wanted, model.trainContextSize),
  });
  const session: Session = {
    ...{ library, llama, model, wrapper: createWrapper(library, model) },
    sequence: context.getSequence(),
    contextTokens: context.contextSize,
  };
  return {
    name: model.fileInfo.metadata.general.name ?? basename(file.path),
    contextTokens: context.contextSize,
    generate: (body, options) => generate(session, body, options),
  };
}

/** The template that the file itself brings; the library's guess where it has none that can be drawn. */
function createWrapper(library: Library, model: LlamaModel): ChatWrapper {
  const template = model.fileInfo.metadata.tokenizer.chat_template;
  if (template === undefined) return library.resolveChatWrapper(model);
  try {
    return new library.JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer });
  } catch {
    return library.resolveChatWrapper(model);
  }
}

interface Session {
  readonly library: Library;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly wrapper: ChatWrapper;
  readonly sequence: LlamaContextSequence;
  readonly contextTokens: number;
}

async function generate(
  session: Session,
  { messages, schema, responseFormat, maxTokens, ...options }: GenerateBody,
  { signal, onText }: Parameters<GgufSession["generate"]>[1],
): Promise<Generated> {
  const own: Own = options;
  const { library, model, sequence, contextTokens } = session;
  const { input, stops } = toInput(session, messages);
  const { bos, shouldPrependBosToken } = model.tokens;
  // The library puts it before the input by itself.
  const prefix = shouldPrependBosToken && bos !== null ? [bos] : [];
  if (prefix.length > 0 && input[0] === bos) input.shift();
  const inputTokens = prefix.length + input.length;
  // One token of the answer has to fit, and the library keeps one to itself.
  const room = contextTokens - inputTokens - 1;
  if (room < 1)
    throw new ContextFull(
      `the question has ${inputTokens} tokens and the context holds ${contextTokens}`,
    );
  const grammar = await createGrammar(session, schema, responseFormat);
  // The last token is read anew in any case: what it says is the first one of the answer.
  const kept = countShared(sequence.contextTokens, [...prefix, ...input.slice(0, -1)]);
  const before = sequence.tokenMeter.getState();
  const { metadata } = await new library.LlamaCompletion({
    contextSequence: sequence,
  }).generateCompletionWithMeta(input, {
    ...options,
    // The library's own penalty of 1.1 is nothing that anybody asked for.
    repeatPenalty: own.repeatPenalty === undefined ? false : { penalty: 1, ...own.repeatPenalty },
    customStopTriggers: [...stops, ...(own.customStopTriggers ?? [])],
    maxTokens: Math.min(maxTokens ?? room, room),
    contextShiftSize: 1,
    disableContextShift: true,
    ...(grammar === null ? {} : { grammar }),
    ...{ signal, stopOnAbortSignal: true, onTextChunk: onText },
  });
  return {
    finish: FINISHES[metadata.stopReason],
    inputTokens,
    keptTokens: kept,
    outputTokens: sequence.tokenMeter.diff(before).usedOutputTokens,
  };
}

function countShared(before: readonly Token[], now: readonly Token[]): number {
  const at = now.findIndex((token, index) => token !== before[index]);
  return at < 0 ? now.length : at;
}

/** Options that are laid over ours. */
interface Own {
  readonly customStopTriggers?: readonly string[];
  readonly repeatPenalty?: Readonly<Record<string, number>>;
}

const FINISHES = {
  eogToken: "stop",
  stopGenerationTrigger: "stop",
  customStopTrigger: "stop",
  maxTokens: "length",
  abort: "aborted",
} as const;

/** The messages as the template in the file lays them out, and the texts with which it ends an answer. */
function toInput(
  { model, wrapper }: Session,
  messages: GenerateBody["messages"],
): { readonly input: Token[]; readonly stops: readonly (string | Token)[][] } {
  const chatHistory: ChatHistoryItem[] = messages.map(({ role, text }) =>
    role === "model" ? { type: role, response: [text] } : { type: role, text },
  );
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({
    chatHistory: [...chatHistory, { type: "model", response: [] }],
  });
  return {
    input: contextText.tokenize(model.tokenizer),
    stops: stopGenerationTriggers.map((stop) => stop.tokenize(model.tokenizer)),
  };
}

async function createGrammar(
  { llama }: Session,
  schema: GenerateBody["schema"],
  responseFormat: GenerateBody["responseFormat"],
): Promise<LlamaGrammar | null> {
  if (schema === undefined)
    return responseFormat === "json" ? await llama.getGrammarFor("json") : null;
  try {
    return await llama.createGrammarForJsonSchema(
      toGrammarSchema(schema) as unknown as Parameters<Llama["createGrammarForJsonSchema"]>[0],
    );
  } catch (failure) {
    const what = failure instanceof Error ? failure.message : String(failure);
    throw new GrammarRefused(`no grammar can be made of the schema: ${what}`);
  }
}
