import { type Dialect, type Frame, type MockReply, pick, pickList } from "./dialect.ts";
import { readTexts, toPieces } from "./dialect.ts";

const FINISH = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
} as const;

/** Chat Completions, as OpenAI, DeepSeek and local servers speak it. */
export const openAiDialect: Dialect = {
  name: "openai",
  read: (_path, body) => ({
    model: String(body["model"]),
    isStream: body["stream"] === true,
    text: readTexts(body["messages"]),
    schema: pick(body, "response_format", "json_schema", "schema") ?? null,
    tools: pickList(body, "tools").map((tool) => String(pick(tool, "function", "name"))),
  }),
  toBody: (reply) => ({
    id: "chatcmpl-mock",
    object: "chat.completion",
    created: 1_700_000_000,
    model: reply.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: reply.text === "" ? null : reply.text,
          ...(reply.reasoning === "" ? {} : { reasoning_content: reply.reasoning }),
          ...(reply.refusal === "" ? {} : { refusal: reply.refusal }),
          ...(reply.toolCalls.length === 0
            ? {}
            : { tool_calls: reply.toolCalls.map((call) => toToolCall(call, call.input)) }),
        },
        finish_reason: FINISH[reply.finish],
      },
    ],
    ...toUsage(reply),
  }),
  toFrames,
  toError: (status, { kind, message }) => ({
    error: { message, type: kind, code: kind, param: null, status },
  }),
};

function toFrames(reply: MockReply): readonly Frame[] {
  const chunk = (choices: readonly unknown[], more: object = {}): string =>
    JSON.stringify({
      id: "chatcmpl-mock",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model: reply.model,
      choices,
      ...more,
    });
  const delta = (kind: Frame["kind"], content: object): Frame => ({
    kind,
    event: null,
    data: chunk([{ index: 0, delta: content, finish_reason: null }]),
  });
  const finish = [{ index: 0, delta: {}, finish_reason: FINISH[reply.finish] }];
  const tools = reply.toolCalls.flatMap((call, index) => [
    delta("tool", { tool_calls: [{ index, ...toToolCall(call, "") }] }),
    ...toPieces(call.input).map((piece) =>
      delta("tool", { tool_calls: [{ index, function: { arguments: piece } }] }),
    ),
  ]);
  return [
    delta("start", { role: "assistant", content: "" }),
    ...toPieces(reply.reasoning).map((piece) => delta("reasoning", { reasoning_content: piece })),
    ...toPieces(reply.text).map((piece) => delta("text", { content: piece })),
    ...toPieces(reply.refusal).map((piece) => delta("text", { refusal: piece })),
    ...tools,
    { kind: "finish", event: null, data: chunk(finish) },
    ...(reply.usage === null
      ? []
      : [{ kind: "usage" as const, event: null, data: chunk([], toUsage(reply)) }]),
    { kind: "end", event: null, data: "[DONE]" },
  ];
}

function toToolCall({ id, name }: MockReply["toolCalls"][number], input: string): object {
  return { id, type: "function", function: { name, arguments: input } };
}

function toUsage({ usage }: MockReply): object {
  if (usage === null) return {};
  return {
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
      // DeepSeek's own name of the same.
      prompt_cache_hit_tokens: usage.cacheRead,
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
    },
  };
}
