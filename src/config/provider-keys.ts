import type { KeyFacts } from "./keys.ts";

export type ProviderKey =
  | "kind"
  | "model"
  | "modelPath"
  | "apiKey"
  | "moreKeys"
  | "baseUrl"
  | "headers"
  | "certificate"
  | "timeout"
  | "organization"
  | "project"
  | "proxy"
  | "parameters"
  | "models"
  | "policy"
  | "concurrency"
  | "contextTokens"
  | "capabilities"
  | "hedgeAfter";

/** Keys of one provider. What decides where a request goes, and with which key, is the owner's alone. */
export const PROVIDER_KEYS: { readonly [K in ProviderKey]: KeyFacts } = {
  kind: {
    reload: "next-run",
    trust: "owner",
    description:
      "Protocol of the provider; by default the provider's own name, and openai-compatible for any other name, gguf where there is a modelPath.",
  },
  model: {
    reload: "next-run",
    trust: "anyone",
    description: "Name of the model.",
  },
  modelPath: {
    reload: "next-run",
    trust: "owner",
    description: "A GGUF file to run in place of a server, absolute or ~/…; needs node-llama-cpp.",
  },
  apiKey: {
    reload: "next-run",
    trust: "owner",
    description:
      "Where the key is found: env:NAME, file:PATH or cmd:COMMAND. The key itself never stands in a configuration.",
  },
  moreKeys: {
    reload: "next-run",
    trust: "owner",
    description:
      "Further keys, references as in apiKey; calls are spread over all of them, and one that is limited or revoked is passed by.",
  },
  baseUrl: {
    reload: "next-run",
    trust: "owner",
    description: "Address of the API, http or https, without user, password or query.",
  },
  headers: {
    reload: "next-run",
    trust: "owner",
    description: "HTTP headers by name; each value is a text or a reference as in apiKey.",
  },
  certificate: {
    reload: "next-run",
    trust: "owner",
    description: "PEM file with the certificates of authorities to trust besides the system's.",
  },
  timeout: {
    reload: "next-run",
    trust: "anyone",
    description: "Bound on one request, such as 30s.",
  },
  organization: {
    reload: "next-run",
    trust: "owner",
    description: "Organisation at OpenAI that the requests count for.",
  },
  project: {
    reload: "next-run",
    trust: "owner",
    description: "Project at OpenAI that the requests count for.",
  },
  proxy: {
    reload: "next-run",
    trust: "owner",
    description:
      "Address of an HTTP proxy, or a reference as in apiKey where it holds a password; none for no proxy. HTTPS_PROXY and the like count without it.",
  },
  parameters: {
    reload: "next-run",
    trust: "anyone",
    description:
      "Parameters that its models are asked with, such as temperature; each has a variable, such as REGOOSE_PROVIDERS_NAME_PARAMETERS_TEMPERATURE. extraBody, which is laid over the body as it stands, is yours alone to set.",
  },
  models: {
    reload: "next-run",
    trust: "anyone",
    description:
      "Parameters of single models of it, by the model's name; they win over the provider's.",
  },
  policy: {
    reload: "next-run",
    trust: "anyone",
    description:
      "What happens to a parameter that a model does not take: strict fails, adapt leaves it out and says so, raw sends it.",
  },
  concurrency: {
    reload: "next-run",
    trust: "anyone",
    description: "Most requests at a time.",
  },
  contextTokens: {
    reload: "next-run",
    trust: "anyone",
    description:
      "Tokens that input and output may have together, where the built-in table is wrong.",
  },
  capabilities: {
    reload: "next-run",
    trust: "anyone",
    description: "What the model can do, where the built-in table is wrong.",
  },
  hedgeAfter: {
    reload: "next-run",
    trust: "owner",
    description:
      "Where no token has come after that, such as 3s, the question is asked a second time beside the first, which costs tokens; who begins first to answer is heard.",
  },
};
