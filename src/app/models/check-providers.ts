import { OWN_BASE_URLS } from "../../adapters/llm/kinds.ts";
import type { Environment } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { expandHome } from "../../config/paths.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { DoctorCheck } from "../check.ts";
import { chooseProviders, type ChosenProvider, toModel, toModelPath } from "./choose-providers.ts";

/** What asking an address needs. */
interface OnlineDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface CheckOptions {
  readonly environment: Environment;
  /** Null: nothing leaves the process. */
  readonly online: OnlineDeps | null;
}

/**
 * One check for each model provider: the model that would be asked, where and with how many keys, in the order in which
 * they are asked; and those that are configured and would not be asked. With `online` each address is asked by HEAD,
 * without a key. None of it is more than a warning: without a model Regoose still does its job.
 */
export async function checkProviders(
  { config, providers, roles }: Pick<LoadedConfig, "config" | "providers" | "roles">,
  options: CheckOptions,
): Promise<readonly DoctorCheck[]> {
  const chosen = choose(config.provider, providers);
  if (chosen instanceof RegooseError) {
    const isWanted = config.provider !== "auto";
    const detail = isWanted ? chosen.message : "no provider has a key or an address";
    const fix = isWanted ? chosen.hint : null;
    const rest = "; the search works without one";
    return [
      { name: "models", status: isWanted ? "warning" : "ok", detail: `${detail}${rest}`, fix },
      ...listIdle(providers, [], roles),
    ];
  }
  const checks = chosen.map((one, place) => checkProvider(one, place, options));
  return [...(await Promise.all(checks)), ...listIdle(providers, chosen, roles)];
}

function choose(
  wanted: string,
  providers: LoadedConfig["providers"],
): readonly ChosenProvider[] | RegooseError {
  try {
    return chooseProviders(wanted, providers);
  } catch (failure) {
    if (failure instanceof RegooseError) return failure;
    throw failure;
  }
}

async function checkProvider(
  chosen: ChosenProvider,
  place: number,
  { environment, online }: CheckOptions,
): Promise<DoctorCheck> {
  const { config } = chosen;
  const name = `models (${chosen.name})`;
  let model: string;
  try {
    model = toModel(chosen);
  } catch (failure) {
    if (!(failure instanceof RegooseError)) throw failure;
    return { name, status: "warning", detail: failure.message, fix: failure.hint };
  }
  if (chosen.kind === "gguf") return checkGguf(name, chosen, place, environment);
  const url = config.baseUrl ?? OWN_BASE_URLS[chosen.kind];
  const keys = (config.apiKey === undefined ? 0 : 1) + (config.moreKeys?.length ?? 0);
  const counted = keys === 0 ? "no key" : keys === 1 ? "1 key" : `${keys} keys`;
  const detail = `asked ${toPlace(place)}: ${model} at ${url}, ${counted}`;
  if (online === null) return { name, status: "ok", detail, fix: null };
  const { reachEndpoint } = await import("../../adapters/network/reach-endpoint.ts");
  const { certificate } = config;
  const certificatePath =
    certificate === undefined ? null : expandHome(certificate, environment.homeFolder);
  const reach = await reachEndpoint(online, { url, certificatePath }, { signal: online.signal });
  if (reach.kind === "reached") {
    const answered = `${detail}; it answers (HTTP ${reach.status}, ${reach.latencyMs} ms)`;
    return { name, status: "ok", detail: answered, fix: null };
  }
  return {
    name,
    status: "warning",
    detail: `${detail}; it cannot be reached: ${reach.why}`,
    fix: "check the address, the network and the certificate; `regoose llm test` asks the model itself",
  };
}

function toPlace(place: number): string {
  return place === 0 ? "first" : `as number ${place + 1}`;
}

/** Looks at the file and for the library, and loads neither. */
async function checkGguf(
  name: string,
  { name: provider, config }: ChosenProvider,
  place: number,
  { homeFolder }: Environment,
): Promise<DoctorCheck> {
  const { inspectGguf } = await import("../../adapters/llm/wire/gguf/inspect-gguf.ts");
  const path = expandHome(toModelPath(provider, config), homeFolder);
  const { problem, ...found } = await inspectGguf(path);
  const detail = `asked ${toPlace(place)}: ${path} in a process of this machine`;
  if (problem === null)
    return {
      ...{ name, status: "ok", fix: null },
      detail: `${detail}, ${Math.ceil(found.size / 1_048_576)} MiB, node-llama-cpp ${found.library ?? ""}`,
    };
  const fix =
    problem.of === "library"
      ? "run `npm install node-llama-cpp@3` where Regoose is installed"
      : `put a GGUF file there, or set providers.${provider}.modelPath`;
  return { name, status: "warning", detail: `${detail}; ${problem.what}`, fix };
}

/** Those that some roles ask, or nobody: configured in part, or not named. */
function listIdle(
  providers: LoadedConfig["providers"],
  chosen: readonly ChosenProvider[],
  roles: LoadedConfig["roles"],
): readonly DoctorCheck[] {
  const usual = new Set(chosen.map(({ name }) => name));
  return Object.entries(providers).flatMap(([name, config]): DoctorCheck[] => {
    if (usual.has(name) || Object.values(config).every((value) => value === undefined)) return [];
    const ways = [config.apiKey, config.baseUrl, config.modelPath];
    const hasWay = ways.some((way) => way !== undefined);
    const askers = Object.entries(roles).flatMap(([role, { models = [] }]) =>
      models.some((model) => model.split("/", 1)[0] === name) ? [role] : [],
    );
    const asked = askers.length === 0 ? "not asked" : `asked by ${askers.join(", ")} alone`;
    return [
      {
        name: `models (${name})`,
        status: hasWay ? "ok" : "warning",
        detail: hasWay
          ? `configured, and ${asked}: another provider is named`
          : "configured in part, and not asked: it has neither key nor address",
        fix: hasWay ? null : `set providers.${name}.apiKey or providers.${name}.baseUrl`,
      },
    ];
  });
}
