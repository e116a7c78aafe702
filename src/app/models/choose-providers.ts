import type { ProviderConfig } from "../../config/provider-schema.ts";
import { basename } from "node:path";
import { type ModelKind, type WireKind, WIRE_KINDS } from "../../adapters/llm/kinds.ts";
import { RegooseError } from "../../kernel/errors.ts";

/** A provider that may be asked, by its name. */
export interface ChosenProvider {
  readonly name: string;
  readonly kind: ModelKind;
  readonly config: ProviderConfig;
}

/** What is asked where nobody names a model. A local server has no such name. */
const USUAL_MODELS: Readonly<Partial<Record<WireKind, string>>> = {
  openai: "gpt-4.1-mini",
  deepseek: "deepseek-chat",
  anthropic: "claude-sonnet-4-5",
  google: "gemini-2.5-flash",
};

export function toModel({ name, kind, config }: ChosenProvider): string {
  if (kind === "gguf") return basename(toModelPath(name, config));
  const model = config.model ?? USUAL_MODELS[kind];
  if (model !== undefined) return model;
  throw new RegooseError("RGS-4002", `no model is named for the provider ${name}`, {
    hint: `Pass --model NAME, or set providers.${name}.model: the server at its address lists its models under /models.`,
  });
}

/** Where the model of a provider of kind `gguf` lies. @throws NoModel (RGS-4002) */
export function toModelPath(name: string, { modelPath }: ProviderConfig): string {
  if (modelPath !== undefined) return modelPath;
  throw new RegooseError("RGS-4002", `the provider ${name} has no file`, {
    hint: `Pass --model /path/to/model.gguf, or set providers.${name}.modelPath in your own configuration.`,
  });
}

/**
 * The provider that is wanted, or, for `auto`, all that have a key or an address, in the order of the protocols'
 * table and then of their names. Which of them are well shows when they are asked.
 * @throws NoModel (RGS-4002)
 */
export function chooseProviders(
  wanted: string,
  configured: Readonly<Record<string, ProviderConfig>>,
): readonly ChosenProvider[] {
  const all = Object.entries(configured).map(([name, config]) => toChosen(name, config));
  if (wanted !== "auto") {
    const found = findProvider(wanted, configured);
    if (isUsable(found) || found.name === "local" || found.kind === "gguf") return [found];
    throw new RegooseError("RGS-4002", `the provider ${wanted} has no key`, {
      hint: `Set providers.${wanted}.apiKey to a reference such as env:NAME, or the provider's usual variable.`,
    });
  }
  const usable = all.filter(isUsable);
  if (usable.length === 0)
    throw new RegooseError("RGS-4002", "no model provider has a key or an address");
  const rank = ({ kind }: ChosenProvider): number => [...WIRE_KINDS, "gguf"].indexOf(kind);
  return usable.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** A model as a role names it, `provider/model` or `provider`. @throws NoModel (RGS-4002) */
export function chooseForRole(
  role: string,
  named: string,
  configured: Readonly<Record<string, ProviderConfig>>,
): ChosenProvider {
  const found = findNamed(named, configured);
  if (isUsable(found)) return found;
  const { name } = found;
  throw new RegooseError(
    "RGS-4002",
    `roles.${role}.models names ${named}, and the provider ${name} has neither key nor address`,
    { hint: `Set providers.${name}.apiKey or providers.${name}.baseUrl, or name another model.` },
  );
}

/** The model of that name, `provider/model` or `provider`, whether or not it could be asked. */
export function findNamed(
  named: string,
  configured: Readonly<Record<string, ProviderConfig>>,
): ChosenProvider {
  const [name = "", ...rest] = named.split("/");
  const model = rest.length === 0 ? {} : { model: rest.join("/") };
  return findProvider(name, { [name]: { ...configured[name], ...model } });
}

/** The provider of that name, configured or not, whether or not it could be asked. */
export function findProvider(
  name: string,
  configured: Readonly<Record<string, ProviderConfig>>,
): ChosenProvider {
  return toChosen(name, configured[name] ?? {});
}

function toChosen(name: string, config: ProviderConfig): ChosenProvider {
  const own = name === "gguf" ? name : WIRE_KINDS.find((kind) => kind === name);
  // An address is the stronger wish: the path may stand in a file, the address may have been typed.
  const isFile = config.modelPath !== undefined && config.baseUrl === undefined;
  const usual = own ?? (isFile ? "gguf" : "openai-compatible");
  return { name, config, kind: config.kind ?? usual };
}

function isUsable({ kind, config }: ChosenProvider): boolean {
  if (kind === "gguf") return config.modelPath !== undefined;
  return (
    config.apiKey !== undefined || (kind === "openai-compatible" && config.baseUrl !== undefined)
  );
}
