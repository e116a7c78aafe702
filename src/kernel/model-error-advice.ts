import type { ErrorCode } from "./error-table.ts";

/** Codes of errors of language models. */
type ModelErrorCode = Extract<ErrorCode, `RGS-4${string}`>;

/** Words for errors of language models: a part of `ERROR_ADVICE`. */
export const MODEL_ERROR_ADVICE: Readonly<
  Record<ModelErrorCode, { readonly when: string; readonly next: string }>
> = {
  "RGS-4001": {
    when: "a provider does not take the key: 401 or 403",
    next: "put a valid key where the reference in the configuration points; `regoose llm test` tries it",
  },
  "RGS-4002": {
    when: "no provider has a key or an address, or the one that was named is not there",
    next: "set `OPENAI_API_KEY` or another of [models.md](models.md), or `REGOOSE_PROVIDERS_LOCAL_BASE_URL` for a local server",
  },
  "RGS-4003": {
    when: "a provider refuses the request as a whole: 400, 413 or 422",
    next: "`regoose llm explain-params` shows what is sent; the provider's own words stand in the message",
  },
  "RGS-4004": {
    when: "a model does not take a parameter, and the policy is `strict`, or the value is out of range",
    next: "leave the parameter out, or use the policy `adapt`",
  },
  "RGS-4005": {
    when: "a provider does not have the model: 404",
    next: "name another with `--model`; `regoose llm test` asks the provider",
  },
  "RGS-4006": {
    when: "the messages do not fit the context of any model that may be asked",
    next: "name a model with a larger context, or ask for less at a time",
  },
  "RGS-4007": {
    when: "a provider asks for patience (429) for longer than there is time, or than a minute",
    next: "`regoose resume` after the time that `retryAfterMs` gives, or configure another provider",
  },
  "RGS-4008": {
    when: "a provider cannot be reached or fails: refused, reset, DNS, 5xx, also after retries and fallbacks",
    next: "look at the provider's status page, run again, or configure another provider",
  },
  "RGS-4009": {
    when: "a model took longer than it may: to connect, to its first token, between two tokens, or in all",
    next: "run again, or raise `timeout` of the provider",
  },
  "RGS-4010": {
    when: "an answer broke off or was damaged on the way, also after retries",
    next: "run again; a proxy in between that cuts streams shows like this",
  },
  "RGS-4011": {
    when: "what came with status 200 is no answer of a model, such as the page of a login portal",
    next: "check `baseUrl` of the provider, and proxies in between",
  },
  "RGS-4012": {
    when: "an answer does not have the shape that was asked for, also after it was asked to repair it",
    next: "try a model that takes schemas; `regoose llm test` shows which do",
  },
  "RGS-4013": {
    when: "a model answered with nothing, also after retries",
    next: "try another model, or raise the limit on output tokens",
  },
  "RGS-4014": {
    when: "a model refused, or a filter held its answer back",
    next: "try another model for this file, or leave the file out",
  },
  "RGS-4015": {
    when: "an answer met the limit on output tokens before it was whole",
    next: "raise `maxOutputTokens`, or lower the effort of reasoning, which counts",
  },
  "RGS-4016": {
    when: "the next call might exceed the budget in dollars or tokens",
    next: "`regoose resume` with a larger `--budget-usd` or `--budget-tokens` goes on where it stopped",
  },
  "RGS-4017": {
    when: "the account at the provider has no credit left",
    next: "pay, or configure another provider",
  },
  "RGS-4018": {
    when: "no configured model can do what the call needs, such as tools or a schema",
    next: "configure a model that can; `regoose llm test` shows what each one can",
  },
  "RGS-4019": {
    when: "a replay met a question that was not recorded",
    next: "record anew: the sources, the prompts or the settings have changed since",
  },
  "RGS-4020": {
    when: "a budget in dollars is set and the model has no price",
    next: "add the model to `prices` in your own configuration, or use `--budget-tokens`",
  },
  "RGS-4021": {
    when: "the connection to a provider cannot be trusted or was led elsewhere: certificate, redirect, or a proxy that refuses",
    next: "check `baseUrl`, `proxy` and `certificate` of the provider",
  },
  "RGS-4022": {
    when: "a GGUF file is to be asked and node-llama-cpp, which runs it, is not installed or has no binary for this machine",
    next: "run `npm install node-llama-cpp@3` where Regoose is installed, or ask a server such as Ollama with `--base-url`",
  },
  "RGS-4031": {
    when: "a script of `mock-llm` breaks its schema",
    next: "fix the place that the message names; docs/models.md lists faults and fields",
  },
};
