import type { ModelAnswer } from "../../contract/model/answer.ts";
import type { ModelRequest } from "../../contract/model/request.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { ModelCallOptions } from "../../ports/model.ts";
import type { ModelFlags } from "./model-config.ts";

/** Whom to ask, and how. */
export interface AskInput {
  /** Folder whose project's configuration counts, beside your own. */
  readonly cwd: string;
  /** What would be typed: provider, model, address, budgets, parameters, policy. */
  readonly flags: ModelFlags;
  /** Answers of earlier calls to the same question count. @defaultValue true */
  readonly usesCache?: boolean | undefined;
}

/**
 * One call of a model as configured, with its fallbacks, limits and budgets. The request's own parameters win over
 * everything; `changes` of the answer says what the model does not take. Opens and closes connections of its own.
 * @throws NoModel (RGS-4002), ConfigInvalid (RGS-2001), SecretUnavailable (RGS-2005), and whatever `ModelPort.generate` does
 * @example
 * const { text, changes } = await askModel(
 *   { clock: createSystemClock() },
 *   { cwd: process.cwd(), flags: { provider: "openai", policy: "strict" } },
 *   { role: "check", messages: [{ role: "user", text: "Say hello." }], parameters: { temperature: 0 } },
 *   { signal: AbortSignal.timeout(60_000) },
 * );
 */
export async function askModel<T = undefined>(
  deps: { readonly clock: Clock },
  input: AskInput,
  request: ModelRequest<T>,
  options: ModelCallOptions,
): Promise<ModelAnswer<T>> {
  const { openModels } = await loadModels();
  const { cwd, flags, usesCache = true } = input;
  await using models = await openModels(deps, { cwd, flags, usesCache }, options);
  return await models.port.generate(request, options);
}

/** In a function of its own: beside `await using` the compiler (TypeScript 6.0) leaves the file's extension as it is. */
const loadModels = (): Promise<typeof import("./open-models.ts")> => import("./open-models.ts");
