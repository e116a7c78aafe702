import type { Environment } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { DoctorCheck } from "../check.ts";
import { checkEndpoints, checkSecrets } from "../config/check-config.ts";
import { checkProviders } from "../models/check-providers.ts";

/** Bound on all that is asked outside of the process, ms; each call has a limit of its own below that. */
const ONLINE_LIMIT_MS = 60_000;

/**
 * Looks whether there is what a configuration needs: each secret that it names, in the form of a key; a sandbox of the
 * level that it wants; models that can be asked. `machine` is what `doctor` found. Only with `isOnline` commands of
 * secrets are run and addresses asked, without a key.
 */
export async function checkNeeds(
  { clock }: { readonly clock: Clock },
  loaded: LoadedConfig,
  options: {
    readonly environment: Environment;
    readonly machine: readonly DoctorCheck[];
    readonly isOnline: boolean;
  },
): Promise<readonly DoctorCheck[]> {
  const { environment, machine, isOnline } = options;
  const thorough = isOnline ? { clock, signal: AbortSignal.timeout(ONLINE_LIMIT_MS) } : null;
  return [
    checkLevel(loaded.config.sandbox, machine),
    ...(await checkSecrets(loaded, { environment, thorough })),
    ...(await checkProviders(loaded, { environment, online: thorough })),
    ...(thorough === null ? [] : await checkEndpoints(loaded, { environment, thorough })),
  ];
}

/** The machine may have a sandbox, and not the one that is wanted. */
function checkLevel(
  wanted: LoadedConfig["config"]["sandbox"],
  machine: readonly DoctorCheck[],
): DoctorCheck {
  const name = "sandbox level";
  const isMissing = (level: string): boolean =>
    !machine.some((check) => check.name.startsWith(`sandbox ${level} `) && check.status === "ok");
  if (wanted !== "namespace" || !isMissing("namespace"))
    return { name, status: "ok", detail: `${wanted} is wanted`, fix: null };
  return {
    name,
    status: "problem",
    detail: "the configuration wants namespace, which this machine does not have",
    fix: "see the check of the namespace sandbox, or set `sandbox: auto`",
  };
}
