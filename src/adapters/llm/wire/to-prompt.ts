import type {
  JSONObject,
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
} from "@ai-sdk/provider";
import type { ModelMessage } from "../../../contract/model/request.ts";
import type { WireCall } from "./wire.ts";

/** Our messages, tools and schema as the library takes them. Parameters go another way: see `transport.ts`. */
export function toCallOptions(
  { endpoint, messages, tools, toolChoice, schema }: WireCall,
  signal: AbortSignal,
): LanguageModelV4CallOptions {
  return {
    prompt: messages.map(toMessage),
    abortSignal: signal,
    // Each piece would come twice; only of this library nothing else says which model answered.
    includeRawChunks: endpoint.kind === "google",
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: "function" as const,
            name,
            description,
            inputSchema: inputSchema,
          })),
          toolChoice: { type: toolChoice ?? "auto" },
        }),
    ...(schema === null
      ? {}
      : {
          responseFormat: { type: "json", name: schema.name, schema: schema.json },
        }),
  };
}

function toMessage(message: ModelMessage): LanguageModelV4Message {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.text };
    case "user":
      return { role: "user", content: [{ type: "text", text: message.text }] };
    case "assistant":
      return {
        role: "assistant",
        content: [
          ...(message.text === "" ? [] : [{ type: "text" as const, text: message.text }]),
          ...(message.toolCalls ?? []).map(({ id, name, input }) => ({
            type: "tool-call" as const,
            toolCallId: id,
            toolName: name,
            input: input as JSONObject,
          })),
        ],
      };
    case "tool":
      return {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: message.callId,
            toolName: message.name,
            output: { type: "text", value: message.result },
          },
        ],
      };
  }
}
