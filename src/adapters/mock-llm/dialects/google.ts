import { type Dialect, type Frame, type MockReply, pick, pickList } from "./dialect.ts";
import { parseOrText, readTexts, toPieces } from "./dialect.ts";

const FINISH = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
} as const;

const MODEL = /\/models\/([^/:]+):(\w+)/u;

/** `generateContent`, as Gemini speaks it. */
export const googleDialect: Dialect = {
  name: "google",
  read: (path, body) => {
    const [, model = "", method] = MODEL.exec(path) ?? [];
    return {
      model: decodeURIComponent(model),
      isStream: method === "streamGenerateContent",
      text: [readTexts(body["systemInstruction"]), readTexts(body["contents"])]
        .filter(Boolean)
        .join("\n"),
      schema:
        pick(body, "generationConfig", "responseJsonSchema") ??
        pick(body, "generationConfig", "responseSchema") ??
        null,
      tools: pickList(body, "tools").flatMap((tool) =>
        pickList(tool, "functionDeclarations").map((one) => String(pick(one, "name"))),
      ),
    };
  },
  toBody: (reply) =>
    toChunk(reply, [...toThoughts(reply.reasoning), ...toTexts(reply), ...toCalls(reply)], true),
  toFrames: (reply): readonly Frame[] => {
    const frame = (kind: Frame["kind"], parts: readonly object[], isLast = false): Frame => ({
      kind,
      event: null,
      data: JSON.stringify(toChunk(reply, parts, isLast)),
    });
    return [
      ...toPieces(reply.reasoning).map((piece) => frame("reasoning", toThoughts(piece))),
      ...toPieces(`${reply.text}${reply.refusal}`).map((text) => frame("text", [{ text }])),
      ...toCalls(reply).map((call) => frame("tool", [call])),
      frame("finish", [{ text: "" }], true),
    ];
  },
  toError: (status, { kind, message }) => ({ error: { code: status, message, status: kind } }),
};

function toThoughts(text: string): readonly object[] {
  return text === "" ? [] : [{ text, thought: true }];
}

function toTexts({ text, refusal }: MockReply): readonly object[] {
  return text === "" && refusal === "" ? [] : [{ text: `${text}${refusal}` }];
}

function toCalls({ toolCalls }: MockReply): readonly object[] {
  return toolCalls.map(({ name, input }) => ({
    functionCall: { name, args: parseOrText(input) },
  }));
}

function toChunk(reply: MockReply, parts: readonly object[], isLast: boolean): object {
  const { usage } = reply;
  return {
    candidates: [
      {
        content: { role: "model", parts },
        index: 0,
        ...(isLast ? { finishReason: FINISH[reply.finish] } : {}),
      },
    ],
    modelVersion: reply.model,
    responseId: "mock",
    ...(usage === null || !isLast
      ? {}
      : {
          // This protocol counts thoughts beside the candidates.
          usageMetadata: {
            promptTokenCount: usage.input,
            candidatesTokenCount: usage.output - usage.reasoning,
            thoughtsTokenCount: usage.reasoning,
            cachedContentTokenCount: usage.cacheRead,
            totalTokenCount: usage.input + usage.output,
          },
        }),
  };
}
