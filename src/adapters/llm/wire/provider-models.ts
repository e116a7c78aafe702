import type { LanguageModelV4 } from "@ai-sdk/provider";
import { OWN_BASE_URLS } from "../kinds.ts";
import type { Endpoint } from "./wire.ts";

/** The library refuses to work without a key; local servers want none. */
const NO_KEY = "none";

/** Loads the library of a protocol at its first use, and makes a model whose requests go through `fetch`. */
export async function createProviderModel(
  endpoint: Endpoint,
  model: string,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModelV4> {
  const { kind, baseUrl, key, organization, project } = endpoint;
  if (kind === "gguf") throw new Error("a model of this machine has no protocol");
  const headers = Object.fromEntries(
    Object.entries(endpoint.headers).map(([name, value]) => [name, value.reveal()]),
  );
  const common = {
    apiKey: key?.reveal() ?? NO_KEY,
    headers,
    fetch,
    baseURL: baseUrl ?? OWN_BASE_URLS[kind],
  };
  switch (kind) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const provider = createOpenAI({
        ...common,
        ...(organization === null ? {} : { organization }),
        ...(project === null ? {} : { project }),
      });
      return provider.chat(model);
    }
    case "deepseek": {
      const { createDeepSeek } = await import("@ai-sdk/deepseek");
      return createDeepSeek(common).chat(model);
    }
    case "openai-compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const { apiKey, ...rest } = common;
      const provider = createOpenAICompatible({
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
      return createAnthropic(common).languageModel(model);
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      return createGoogle(common).languageModel(model);
    }
  }
}
