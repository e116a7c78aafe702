import type { Reach } from "../../adapters/network/reach-endpoint.ts";
import { runSecretCommand } from "../../adapters/secrets/run-secret-command.ts";
import { type Environment, readEnvironment, readVariable } from "../../config/environment.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { expandHome } from "../../config/paths.ts";
import type { SecretReference } from "../../config/secrets/reference.ts";
import { resolveSecret } from "../../config/secrets/resolve-secret.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { DoctorCheck } from "../check.ts";
import { checkProviders } from "../models/check-providers.ts";

/** How keys of a provider begin, where its documentation says so. */
const KEY_STARTS: Readonly<Record<string, string>> = {
  openai: "sk-",
  deepseek: "sk-",
  anthropic: "sk-ant-",
  google: "AIza",
};

/**
 * Looks at the configuration of `root` without running a command. Only with `online` addresses of providers are asked,
 * without a key.
 */
export async function inspectConfiguration(
  root: string,
  { online }: { readonly online: ThoroughDeps | null },
): Promise<readonly DoctorCheck[]> {
  const environment = readEnvironment();
  try {
    const loaded = await loadConfig({ root, environment, flags: {} });
    const secrets = await checkSecrets(loaded, { environment, thorough: null });
    const providers = await checkProviders(loaded, { environment, online });
    return [toFileCheck(loaded), ...secrets.map(soften), ...providers];
  } catch (failure) {
    if (!(failure instanceof RegooseError)) throw failure;
    const { hint: fix } = failure;
    return [{ name: "configuration", status: "problem", detail: failure.message, fix }];
  }
}

/** Without a key Regoose still does its job. */
function soften(check: DoctorCheck): DoctorCheck {
  return check.status === "problem" ? { ...check, status: "warning" } : check;
}

function toFileCheck({ files, notes, degradations }: LoadedConfig): DoctorCheck {
  const ignored = [...degradations, ...notes];
  const detail = files.length === 0 ? "no file, defaults count" : files.join(", ");
  if (ignored.length === 0) return { name: "configuration", status: "ok", detail, fix: null };
  return {
    name: "configuration",
    status: "warning",
    detail: `${detail}; ${ignored.join("; ")}`,
    fix: "regoose config print --origin shows what counts",
  };
}

/** What resolving a secret and asking an address needs; without it nothing leaves the process. */
export interface ThoroughDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One check a secret. With `thorough` each one is fetched, commands are run, and its form is looked at. */
export async function checkSecrets(
  { providers }: Pick<LoadedConfig, "providers">,
  options: { readonly environment: Environment; readonly thorough: ThoroughDeps | null },
): Promise<readonly DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const [name, provider] of Object.entries(providers)) {
    const kind = provider.kind ?? name;
    const headers = Object.entries(provider.headers ?? {});
    const references: readonly (readonly [string, SecretReference, string])[] = [
      ...(provider.apiKey === undefined
        ? []
        : [[`providers.${name}.apiKey`, provider.apiKey, KEY_STARTS[kind] ?? ""] as const]),
      ...(provider.moreKeys ?? []).map(
        (one, index) =>
          [`providers.${name}.moreKeys[${String(index)}]`, one, KEY_STARTS[kind] ?? ""] as const,
      ),
      ...headers.map(([key, one]) => [`providers.${name}.headers.${key}`, one, ""] as const),
    ];
    for (const [key, reference, start] of references)
      checks.push(await checkSecret(key, reference, { ...options, start }));
  }
  return checks;
}

async function checkSecret(
  key: string,
  reference: SecretReference,
  options: {
    readonly environment: Environment;
    readonly thorough: ThoroughDeps | null;
    readonly start: string;
  },
): Promise<DoctorCheck> {
  const { thorough, start } = options;
  if (reference.kind === "cmd" && thorough === null) {
    const detail = "a command, not run; `regoose config validate --check` runs it";
    return { name: key, status: "ok", detail, fix: null };
  }
  try {
    const { homeFolder } = options.environment;
    const deps = { homeFolder, readVariable, runCommand: runSecretCommand };
    // Without the thorough look nothing waits: variables and files are at hand.
    const signal = thorough?.signal ?? new AbortController().signal;
    const secret = await resolveSecret(deps, { key, reference }, { signal });
    const odd = findOddity(secret.reveal(), start);
    if (odd === null) return { name: key, status: "ok", detail: "found", fix: null };
    const detail = `found, but ${odd}`;
    return { name: key, status: "warning", detail, fix: "look whether it is the right key" };
  } catch (failure) {
    if (!(failure instanceof RegooseError) || failure.errorClass === "cancelled") throw failure;
    const { details, message, hint } = failure;
    const detail = typeof details["why"] === "string" ? details["why"] : message;
    return { name: key, status: "problem", detail, fix: hint };
  }
}

/** What tells a text from a key; null where nothing does. Never repeats the text. */
function findOddity(text: string, start: string): string | null {
  if (!text.startsWith(start)) return `keys of this provider begin with ${start}`;
  // A header of HTTP takes nothing else (RFC 9110, section 5.5).
  if (!/^[\x21-\x7E]+$/u.test(text)) return "it holds blanks or letters that no key has";
  if (/^(?:sk-)?(?:x+|\.+|\*+)$|your|change_?me|placeholder|<|>/iu.test(text))
    return "it looks like a text that stands in for a key";
  return null;
}

/** Asks each configured address once; addresses that no configuration names are not asked. */
export async function checkEndpoints(
  { providers }: Pick<LoadedConfig, "providers">,
  options: { readonly environment: Environment; readonly thorough: ThoroughDeps },
): Promise<readonly DoctorCheck[]> {
  const { reachEndpoint } = await import("../../adapters/network/reach-endpoint.ts");
  const { clock, signal } = options.thorough;
  const checks = Object.entries(providers).map(async ([name, provider]) => {
    const { baseUrl, certificate } = provider;
    if (baseUrl === undefined) return [];
    const { homeFolder } = options.environment;
    const certificatePath = certificate === undefined ? null : expandHome(certificate, homeFolder);
    const reach = await reachEndpoint({ clock }, { url: baseUrl, certificatePath }, { signal });
    return [toEndpointCheck(`providers.${name}.baseUrl`, baseUrl, reach)];
  });
  return (await Promise.all(checks)).flat();
}

function toEndpointCheck(name: string, url: string, reach: Reach): DoctorCheck {
  if (reach.kind === "reached") {
    const detail = `${url} answers (HTTP ${reach.status}, ${reach.latencyMs} ms)`;
    return { name, status: "ok", detail, fix: null };
  }
  const detail = `${url} cannot be reached: ${reach.why}`;
  return {
    name,
    status: "problem",
    detail,
    fix: "check the address, the network and the certificate",
  };
}
