import type { ModelParameters } from "./parameters.ts";
import type { ModelRole } from "./request.ts";

/**
 * Parameters beside those of configuration, by the calls that they are for. All of them win over configuration; among
 * them `models` wins over `roles`, and `roles` over `all`. A request's own win over everything.
 */
export interface ParameterWishes {
  /** For every call. */
  readonly all?: ModelParameters | undefined;
  /** By who asks. */
  readonly roles?: Readonly<Partial<Record<ModelRole, ModelParameters>>> | undefined;
  /** By `provider/model`, model or provider; the narrower name wins. */
  readonly models?: Readonly<Record<string, ModelParameters>> | undefined;
}
