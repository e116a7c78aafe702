/** Wire protocols of providers. Where two differ only in parameters they are two kinds as well. */
export const WIRE_KINDS = [
  "openai",
  "deepseek",
  "openai-compatible",
  "anthropic",
  "google",
] as const;

export type WireKind = (typeof WIRE_KINDS)[number];

/** How a model is asked: over one of the wires, or as a GGUF file in a process of this machine. */
export type ModelKind = WireKind | "gguf";

/** Where requests go that nobody gave an address. An OpenAI-compatible server is looked for at Ollama's place. */
export const OWN_BASE_URLS: Readonly<Record<WireKind, string>> = {
  openai: "https://api.openai.com/v1",
  deepseek: "https://api.deepseek.com",
  "openai-compatible": "http://127.0.0.1:11434/v1",
  anthropic: "https://api.anthropic.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
};
