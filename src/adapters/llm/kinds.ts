/** Wire protocols of providers. Where two differ only in parameters they are two kinds as well. */
export const WIRE_KINDS = [
  "openai",
  "deepseek",
  "openai-compatible",
  "anthropic",
  "google",
] as const;

export type WireKind = (typeof WIRE_KINDS)[number];
