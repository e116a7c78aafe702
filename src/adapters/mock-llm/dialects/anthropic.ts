import { type Dialect, type Frame, type MockReply, pick, pickList } from "./dialect.ts";
import { parseOrText, readTexts, toPieces } from "./dialect.ts";

const STOP = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
} as const;

/** Messages, as Anthropic speaks it. */
export const anthropicDialect: Dialect = {
  name: "anthropic",
  read: (_path, body) => ({
    model: String(body["model"]),
    isStream: body["stream"] === true,
    text: [readTexts(body["system"]), readTexts(body["messages"])].filter(Boolean).join("\n"),
    schema:
      pick(body, "output_config", "format", "schema") ??
      pick(body, "output_format", "schema") ??
      null,
    tools: pickList(body, "tools").map((tool) => String(pick(tool, "name"))),
  }),
  toBody: (reply) => ({
    id: "msg_mock",
    type: "message",
    role: "assistant",
    model: reply.model,
    content: [
      ...(reply.reasoning === ""
        ? []
        : [{ type: "thinking", thinking: reply.reasoning, signature: "mock" }]),
      ...(toText(reply) === "" ? [] : [{ type: "text", text: toText(reply) }]),
      ...reply.toolCalls.map(({ id, name, input }) => ({
        type: "tool_use",
        id,
        name,
        input: parseOrText(input),
      })),
    ],
    stop_reason: STOP[reply.finish],
    stop_sequence: null,
    usage: toUsage(reply, reply.usage?.output ?? 0),
  }),
  toFrames,
  toError: (_status, { kind, message }) => ({ type: "error", error: { type: kind, message } }),
};

/** A refusal is text with a stop reason of its own. */
function toText({ text, refusal }: MockReply): string {
  return `${text}${refusal}`;
}

function toFrames(reply: MockReply): readonly Frame[] {
  const frame = (kind: Frame["kind"], data: { readonly type: string }): Frame => ({
    kind,
    event: data.type,
    data: JSON.stringify(data),
  });
  const blocks: {
    readonly start: object;
    readonly deltas: readonly object[];
    readonly kind: Frame["kind"];
  }[] = [];
  if (reply.reasoning !== "")
    blocks.push({
      kind: "reasoning",
      start: { type: "thinking", thinking: "", signature: "" },
      deltas: toPieces(reply.reasoning).map((thinking) => ({ type: "thinking_delta", thinking })),
    });
  if (toText(reply) !== "")
    blocks.push({
      kind: "text",
      start: { type: "text", text: "" },
      deltas: toPieces(toText(reply)).map((text) => ({ type: "text_delta", text })),
    });
  for (const { id, name, input } of reply.toolCalls)
    blocks.push({
      kind: "tool",
      start: { type: "tool_use", id, name, input: {} },
      deltas: toPieces(input).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
    });
  return [
    frame("start", {
      type: "message_start",
      ...{
        message: {
          id: "msg_mock",
          type: "message",
          role: "assistant",
          model: reply.model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: toUsage(reply, 1),
        },
      },
    }),
    ...blocks.flatMap(({ start, deltas, kind }, index) => [
      frame("other", { type: "content_block_start", ...{ index, content_block: start } }),
      ...deltas.map((delta) => frame(kind, { type: "content_block_delta", ...{ index, delta } })),
      frame("other", { type: "content_block_stop", ...{ index } }),
    ]),
    frame("finish", {
      type: "message_delta",
      ...{
        delta: { stop_reason: STOP[reply.finish], stop_sequence: null },
        usage: toUsage(reply, reply.usage?.output ?? 0),
      },
    }),
    frame("end", { type: "message_stop" }),
  ];
}

/** This protocol counts cached tokens beside the input, not in it. */
function toUsage({ usage }: MockReply, outputTokens: number): object {
  const { input, cacheRead, cacheWrite, reasoning } = usage ?? {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
  };
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
    output_tokens: outputTokens,
    ...(reasoning === 0 ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}
