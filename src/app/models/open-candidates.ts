import type { ParameterSources } from "../../adapters/llm/parameters/merge-parameters.ts";
import { type Candidate, toLabel } from "../../adapters/llm/router/candidate.ts";
import type { RoleCandidates } from "../../adapters/llm/router/create-model-router.ts";
import type { Environment } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { MODEL_ROLES, type ModelRole } from "../../contract/model/request.ts";
import { RegooseError } from "../../kernel/errors.ts";
import {
  chooseForRole,
  chooseProviders,
  type ChosenProvider,
  toModel,
} from "./choose-providers.ts";
import type { ModelFlags } from "./model-config.ts";
import { openCandidate } from "./open-endpoint.ts";

/** Whom a run asks, by configuration and flags. */
export interface OpenedCandidates {
  readonly candidates: readonly Candidate[];
  /** Those and the roles' own, each once. */
  readonly all: readonly Candidate[];
  candidatesOf(role: ModelRole): readonly Candidate[];
  readonly roleCandidates: RoleCandidates;
  /** Sentences on providers that were left out and settings that do not count. */
  readonly notes: readonly string[];
}

type Open = (chosen: ChosenProvider) => Promise<Candidate>;

/**
 * Fetches the keys of the models that may be asked, each model once.
 * @throws NoModel (RGS-4002), SecretUnavailable (RGS-2005)
 */
export async function openCandidates(
  loaded: Pick<LoadedConfig, "config" | "providers" | "roles">,
  flags: ModelFlags,
  environment: Environment,
  signal: AbortSignal,
): Promise<OpenedCandidates> {
  const opened = new Map<string, Promise<Candidate>>();
  const open: Open = (chosen) => {
    const { name, config } = chosen;
    const label = toLabel({ provider: name, model: toModel(chosen) });
    const known = opened.get(label);
    if (known !== undefined) return known;
    const policy = flags.policy ?? config.policy;
    const made = openCandidate({ ...chosen, config: { ...config, policy } }, environment, signal);
    opened.set(label, made);
    return made;
  };
  const usual = await openUsual(loaded, open);
  const { named, notes } = listRoleModels(loaded, flags);
  const roleCandidates: Partial<Record<ModelRole, readonly Candidate[]>> = {};
  for (const [role, names] of named)
    roleCandidates[role] = await Promise.all(
      names.map(async (name) => open(chooseForRole(role, name, loaded.providers))),
    );
  const all = [...new Set([...usual.candidates, ...Object.values(roleCandidates).flat()])];
  return {
    ...{ candidates: usual.candidates, all, roleCandidates, notes: [...usual.notes, ...notes] },
    candidatesOf: (role) => roleCandidates[role] ?? usual.candidates,
  };
}

/** With `auto`, a provider whose key cannot be fetched, or that has no model, is left out and named. */
async function openUsual(
  { config, providers }: Pick<LoadedConfig, "config" | "providers">,
  open: Open,
): Promise<Pick<OpenedCandidates, "candidates" | "notes">> {
  const candidates: Candidate[] = [];
  const notes: string[] = [];
  let last: RegooseError | null = null;
  for (const chosen of chooseProviders(config.provider, providers)) {
    try {
      candidates.push(await open(chosen));
    } catch (failure) {
      if (!(failure instanceof RegooseError) || config.provider !== "auto") throw failure;
      last = failure;
      notes.push(`the provider ${chosen.name} is left out: ${failure.message}`);
    }
  }
  if (candidates.length === 0 && last !== null) throw last;
  return { candidates, notes };
}

/** Models of roles. Who types whom to ask means it, whatever is configured. */
export function listRoleModels(
  { roles }: Pick<LoadedConfig, "roles">,
  { provider, model, baseUrl }: ModelFlags,
): {
  readonly named: readonly (readonly [ModelRole, readonly string[]])[];
  readonly notes: readonly string[];
} {
  const named = MODEL_ROLES.flatMap((role): [ModelRole, readonly string[]][] => {
    const names = roles[role]?.models;
    return names === undefined ? [] : [[role, names]];
  });
  if (provider === undefined && model === undefined && baseUrl === undefined)
    return { named, notes: [] };
  const notes = named.map(([role]) => `roles.${role}.models does not count: whom to ask was typed`);
  return { named: [], notes };
}

/** Parameters as configured for roles, without their models, and those that were typed. */
export function toSources(
  { roles }: Pick<LoadedConfig, "roles">,
  { parameters: wishes }: ModelFlags,
): ParameterSources {
  const own = Object.entries(roles).map(([role, config]) => {
    const parameters = Object.entries(config).filter(([key]) => key !== "models");
    return [role, Object.fromEntries(parameters)] as const;
  });
  return { roles: Object.fromEntries(own), wishes };
}
