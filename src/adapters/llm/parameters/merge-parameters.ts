import type { ModelName } from "../../../contract/model/answer.ts";
import type { ModelParameters } from "../../../contract/model/parameters.ts";
import type { ModelRole } from "../../../contract/model/request.ts";
import type { ParameterWishes } from "../../../contract/model/wishes.ts";

/** Where the parameters of a call come from, beside the model and the request. */
export interface ParameterSources {
  /** What configuration says for each role. */
  readonly roles?: Readonly<Partial<Record<ModelRole, ModelParameters>>> | undefined;
  /** What was typed, or asked for by code. */
  readonly wishes?: ParameterWishes | undefined;
}

interface Asking {
  readonly role: ModelRole;
  readonly parameters?: ModelParameters | undefined;
}

/** A model with what is configured for it. */
type Configured = ModelName & { readonly parameters: ModelParameters };

/** What a call asks for, whichever model answers it. */
export function toRoleParameters(
  { roles, wishes }: ParameterSources,
  { role, parameters }: Asking,
): ModelParameters {
  return mergeParameters(roles?.[role], wishes?.all, wishes?.roles?.[role], parameters);
}

/** What a call asks of one model: configuration of the model and of the role, wishes in the same order, the request. */
export function toCallParameters(
  { roles, wishes }: ParameterSources,
  { role, parameters }: Asking,
  model: Configured,
): ModelParameters {
  const { provider, model: name } = model;
  const own = [provider, name, `${provider}/${name}`].map((key) => wishes?.models?.[key]);
  return mergeParameters(
    ...[model.parameters, roles?.[role]],
    ...[wishes?.all, wishes?.roles?.[role], ...own],
    parameters,
  );
}

/** Later ones win; fields of one's own are taken together, key by key. */
export function mergeParameters(
  ...layers: readonly (ModelParameters | undefined)[]
): ModelParameters {
  const extraBody = layers.reduce<ModelParameters["extraBody"]>(
    (all, layer) => (layer?.extraBody === undefined ? all : { ...all, ...layer.extraBody }),
    undefined,
  );
  const merged = Object.assign({}, ...layers) as ModelParameters;
  return extraBody === undefined ? merged : { ...merged, extraBody };
}
