import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Endpoint } from "./wire.ts";

/** Where an OpenAI-compatible server is looked for that nobody gave an address: Ollama's place. */
export const LOCAL_BASE_URL = "http://127.0.0.1:11434/v1";

/** The library refuses to work without a key; local servers want none. */
const NO_KEY = "none";

/** Loads the library of a protocol at its first use, and makes a model whose requests go through `fetch`. */
export async function createProviderModel(
  endpoint: Endpoint,
  model: string,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModelV4> {
  const { kind, baseUrl, key, organization, project } = endpoint;
  const headers = Object.fromEntries(
    Object.entries(endpoint.headers).map(([name, value]) => [name, value.reveal()]),
  );
  const common = {
    apiKey: key?.reveal() ?? NO_KEY,
    headers,
    fetch,
    ...(baseUrl === null ? {} : { baseURL: baseUrl }),
  };
  switch (kind) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const provider = createOpenAI({
        baseURL: "https://api.openai.com/v1",
        ...common,
        ...(organization === null ? {} : { organization }),
        ...(project === null ? {} : { project }),
      });
      return provider.chat(model);
    }
    case "deepseek": {
      const { createDeepSeek } = await import("@ai-sdk/deepseek");
      return createDeepSeek({ baseURL: "https://api.deepseek.com", ...common }).chat(model);
    }
    case "openai-compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const { apiKey, ...rest } = common;
      const provider = createOpenAICompatible({
        baseURL: LOCAL_BASE_URL,
        ...rest,
        ...(key === null ? {} : { apiKey }),
        name: "local",
        includeUsage: true,
        supportsStructuredOutputs: true,
      });
      return provider.chatModel(model);
    }
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic({ baseURL: "https://api.anthropic.com/v1", ...common }).languageModel(
        model,
      );
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      const own = "https://generativelanguage.googleapis.com/v1beta";
      return createGoogle({ baseURL: own, ...common }).languageModel(model);
    }
  }
}
