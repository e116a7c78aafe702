import { readFile } from "node:fs/promises";
import { LIMITS, SLOW_LIMITS } from "../../adapters/llm/router/candidate.ts";
import { type Candidate, createCandidate } from "../../adapters/llm/router/candidate.ts";
import { mergeParameters } from "../../adapters/llm/parameters/merge-parameters.ts";
import { findModelFacts } from "../../adapters/llm/parameters/model-table.ts";
import type { ModelFile } from "../../adapters/llm/wire/gguf/protocol.ts";
import type { Endpoint, WireLimits } from "../../adapters/llm/wire/wire.ts";
import { runSecretCommand } from "../../adapters/secrets/run-secret-command.ts";
import { type Environment, readVariable } from "../../config/environment.ts";
import { secretUnavailable } from "../../config/errors.ts";
import { expandHome } from "../../config/paths.ts";
import type { SecretReference } from "../../config/secrets/reference.ts";
import { resolveSecret } from "../../config/secrets/resolve-secret.ts";
import { toMessage } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import { type ChosenProvider, toModel, toModelPath } from "./choose-providers.ts";

/** Fetches the secrets of a provider and makes it a candidate. @throws SecretUnavailable (RGS-2005), NoModel (RGS-4002) */
export async function openCandidate(
  chosen: ChosenProvider,
  environment: Environment,
  signal: AbortSignal,
): Promise<Candidate> {
  const { config, kind } = chosen;
  const model = toModel(chosen);
  const endpoint = await openEndpoint(chosen, environment, signal);
  const { policy, capabilities, contextTokens, concurrency, hedgeAfter } = config;
  return createCandidate(endpoint, model, {
    limits: toLimits(config.timeout, findModelFacts(kind, model).isSlow),
    parameters: mergeParameters(config.parameters, config.models?.[model]),
    ...(policy === undefined ? {} : { policy }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(hedgeAfter === undefined ? {} : { hedgeAfterMs: hedgeAfter }),
    moreKeys: await fetchMoreKeys(chosen, environment, signal),
  });
}

function fetchMoreKeys(
  { name, config: { moreKeys = [] } }: ChosenProvider,
  environment: Environment,
  signal: AbortSignal,
): Promise<readonly Secret[]> {
  return Promise.all(
    moreKeys.map((reference, index) =>
      resolveSecret(
        toSecretDeps(environment),
        { key: `providers.${name}.moreKeys[${index}]`, reference },
        { signal },
      ),
    ),
  );
}

function toSecretDeps({ homeFolder }: Environment): Parameters<typeof resolveSecret>[0] {
  return { homeFolder, readVariable, runCommand: runSecretCommand };
}

function toLimits(timeoutMs: number | undefined, isSlow: boolean): WireLimits {
  const limits = isSlow ? SLOW_LIMITS : LIMITS;
  if (timeoutMs === undefined) return limits;
  // Who gives one request more time means to wait for its first token, too.
  return {
    ...limits,
    totalMs: timeoutMs,
    firstTokenMs: Math.max(limits.firstTokenMs, timeoutMs / 2),
  };
}

async function openEndpoint(
  { name, kind, config }: ChosenProvider,
  environment: Environment,
  signal: AbortSignal,
): Promise<Endpoint> {
  const { homeFolder } = environment;
  const fetchSecret = (key: string, reference: SecretReference): Promise<Secret> =>
    resolveSecret(
      toSecretDeps(environment),
      { key: `providers.${name}.${key}`, reference },
      { signal },
    );
  const { apiKey, headers = {}, proxy, certificate, baseUrl } = config;
  const own = await Promise.all(
    Object.entries(headers).map(
      async ([header, reference]) =>
        [header, await fetchSecret(`headers.${header}`, reference)] as const,
    ),
  );
  return {
    provider: name,
    kind,
    ...(kind === "gguf" ? { file: toFile(name, config, homeFolder) } : {}),
    baseUrl: baseUrl ?? null,
    key: apiKey === undefined ? null : await fetchSecret("apiKey", apiKey),
    headers: Object.fromEntries(own),
    organization: config.organization ?? null,
    project: config.project ?? null,
    proxy: proxy === undefined ? null : toProxy(await fetchSecret("proxy", proxy)),
    authorities:
      certificate === undefined
        ? []
        : [await readAuthority(name, expandHome(certificate, homeFolder))],
  };
}

function toFile(name: string, config: ChosenProvider["config"], home: string): ModelFile {
  const path = expandHome(toModelPath(name, config), home);
  return { path, contextTokens: config.contextTokens ?? null };
}

/** `none` stands for no proxy, whatever the environment says. */
function toProxy(proxy: Secret): Secret {
  return proxy.reveal() === "none" ? new Secret("") : proxy;
}

async function readAuthority(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (failure) {
    throw secretUnavailable(
      `providers.${name}.certificate`,
      `${path} cannot be read (${toMessage(failure)})`,
      "Make it a readable PEM file.",
    );
  }
}
