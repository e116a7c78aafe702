import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import {
  countTokens,
  NO_TOKENS,
  type TokenUsage,
  type UsageSource,
} from "../../../contract/model/usage.ts";
import type { ModelMessage } from "../../../contract/model/request.ts";

/** Tokens of one request and where the numbers come from. */
export interface ReadUsage {
  readonly usage: TokenUsage;
  readonly source: UsageSource;
  /** A sentence on numbers that cannot be; null for none. */
  readonly warning: string | null;
}

/**
 * Takes the provider's numbers where they can be: whole, not negative, parts no larger than what they are parts of.
 * Else they are estimated, and the warning says what was reported.
 */
export function readUsage(
  reported: LanguageModelV4Usage | null,
  estimate: () => TokenUsage,
): ReadUsage {
  const { inputTokens: input, outputTokens: output } = reported ?? {};
  if (input?.total === undefined || output?.total === undefined)
    return { usage: estimate(), source: "estimated", warning: "the provider reported no usage" };
  const usage: TokenUsage = {
    inputTokens: input.total,
    cacheReadTokens: input.cacheRead ?? 0,
    cacheWriteTokens: input.cacheWrite ?? 0,
    outputTokens: output.total,
    reasoningTokens: output.reasoning ?? 0,
  };
  // Followers of a protocol that do not count fill its fields with zeros.
  if (countTokens(usage) === 0)
    return { usage: estimate(), source: "estimated", warning: "the provider reported no usage" };
  const isSound =
    Object.values(usage).every((count) => Number.isSafeInteger(count) && count >= 0) &&
    usage.reasoningTokens <= usage.outputTokens &&
    usage.cacheReadTokens + usage.cacheWriteTokens <= usage.inputTokens;
  if (isSound) return { usage, source: "reported", warning: null };
  const warning = `the provider reported a usage that cannot be: ${JSON.stringify(usage)}`;
  return { usage: estimate(), source: "estimated", warning };
}

/** About four characters of English or code make a token; for accounting where nothing better is known. */
const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a text, roughly. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Tokens of messages, roughly. */
export function estimateInput(messages: readonly ModelMessage[], more: string): number {
  return messages.reduce(
    (sum, message) =>
      sum + estimateTokens(message.role === "tool" ? message.result : message.text) + 4,
    estimateTokens(more),
  );
}

/** Two bytes of code, prose or Chinese are no more than a token; the frame of a message is a few more. */
const BYTES_PER_TOKEN_AT_LEAST = 2;
const TOKENS_PER_FRAME = 16;

/** Tokens that messages take at most, for what is set aside: about twice what they will take. */
export function boundInput(messages: readonly ModelMessage[], more: string): number {
  const bound = (text: string): number =>
    Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN_AT_LEAST);
  return messages.reduce(
    (sum, message) => sum + bound(JSON.stringify(message)) + TOKENS_PER_FRAME,
    bound(more),
  );
}

/** Usage of a request of which only the texts are known. */
export function estimateUsage(
  messages: readonly ModelMessage[],
  more: string,
  heard: { readonly text: string; readonly reasoning: string },
): TokenUsage {
  const reasoningTokens = estimateTokens(heard.reasoning);
  return {
    ...NO_TOKENS,
    inputTokens: estimateInput(messages, more),
    outputTokens: estimateTokens(heard.text) + reasoningTokens,
    reasoningTokens,
  };
}
