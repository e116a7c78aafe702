import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { RegooseError } from "../../../../kernel/errors.ts";
import { createModelError, type RequestFacts } from "../../errors.ts";
import { applyPlan } from "../../parameters/plan-parameters.ts";
import type { WireCall } from "../wire.ts";
import type { ModelProcess, ModelProcesses } from "./model-processes.ts";
import type { GenerateBody, GenerateEnd, ModelFile } from "./protocol.ts";

/** The file of a model of this machine; an endpoint of this kind has one. */
export function toModelFile({ endpoint }: Pick<WireCall, "endpoint">): ModelFile {
  if (endpoint.file === undefined) throw new Error("a model of this machine has no file");
  return endpoint.file;
}

/** What its process is asked. */
export function toGenerateBody({ endpoint, messages, schema, plan }: WireCall): GenerateBody {
  const body = {
    messages: messages.map((message): GenerateBody["messages"][number] => {
      switch (message.role) {
        case "tool":
          return { role: "user", text: message.result };
        case "assistant":
          return { role: "model", text: message.text };
        case "system":
        case "user":
          return { role: message.role, text: message.text };
      }
    }),
    ...(schema === null ? {} : { schema: schema.json }),
  };
  return applyPlan(endpoint.kind, body, plan) as unknown as GenerateBody;
}

/** Loads the model, and gives what asks it: a stream of the parts that servers send, too. */
export async function openGguf(
  processes: ModelProcesses,
  call: WireCall,
  facts: RequestFacts,
  signal: AbortSignal,
): Promise<(signal: AbortSignal) => Promise<ReadableStream<LanguageModelV4StreamPart>>> {
  if (call.tools.length > 0)
    throw createModelError("RGS-4018", facts, "is asked in its file's own format, without tools");
  const limitMs = call.limits.totalMs;
  const process = await processes.open(toModelFile(call), facts, { signal, limitMs });
  const body = toGenerateBody(call);
  return (until) => Promise.resolve(stream(process, body, facts, until));
}

function stream(
  process: ModelProcess,
  body: GenerateBody,
  facts: RequestFacts,
  until: AbortSignal,
): ReadableStream<LanguageModelV4StreamPart> {
  const id = "text";
  const unheard = new AbortController();
  const signal = AbortSignal.any([until, unheard.signal]);
  return new ReadableStream<LanguageModelV4StreamPart>({
    async start(controller) {
      controller.enqueue({ type: "response-metadata", modelId: process.name });
      const onText = (delta: string): void => {
        if (!signal.aborted) controller.enqueue({ type: "text-delta", id, delta });
      };
      try {
        controller.enqueue(toFinish(await process.generate(body, facts, { signal, onText })));
        controller.close();
      } catch (failure) {
        controller.error(failure);
      }
    },
    cancel() {
      unheard.abort(new Error("nobody listens any more"));
    },
  });
}

function toFinish({
  finish,
  inputTokens,
  keptTokens,
  outputTokens,
}: GenerateEnd): LanguageModelV4StreamPart {
  if (finish === "aborted") throw new RegooseError("RGS-1300", "the answer was given up");
  return {
    type: "finish",
    finishReason: { unified: finish, raw: finish },
    usage: {
      inputTokens: {
        total: inputTokens,
        noCache: inputTokens - keptTokens,
        cacheRead: keptTokens,
        cacheWrite: 0,
      },
      outputTokens: { total: outputTokens, text: outputTokens, reasoning: 0 },
    },
  };
}
