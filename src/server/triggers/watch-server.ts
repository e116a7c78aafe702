import type { ServerParts } from "../../app/serve/server-parts.ts";
import type { TriggerRule } from "../../contract/triggers.ts";
import type { JobService } from "../job-service.ts";
import { createSampler, type GaugeSources, type Sampler } from "../metrics.ts";
import { createTriggerActions } from "./actions.ts";
import { createSilenceMeter } from "./silence-meter.ts";
import { startTriggers, type Triggers } from "./start-triggers.ts";

type WatchDeps = Pick<ServerParts, "clock" | "metrics" | "machine" | "processes" | "audit"> &
  Pick<GaugeSources, "meter" | "breaker" | "places" | "configuration"> & {
    readonly service: JobService;
  };

/** Has a server look at itself, and act by the rules. */
export function watchServer(
  deps: WatchDeps,
  rules: readonly TriggerRule[],
): { readonly sampler: Sampler; readonly triggers: Triggers } {
  const sampler = createSampler({ ...deps, silence: createSilenceMeter(deps) });
  const actions = createTriggerActions({ ...deps, silences: () => sampler.silences() });
  return { sampler, triggers: startTriggers({ ...deps, sampler, actions }, rules) };
}
