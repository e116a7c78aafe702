import type { PartialConfig } from "./keys.ts";

/** Name of a profile or provider. */
export const NAME_PATTERN: RegExp = /^[a-z][a-z0-9-]{0,39}$/;

/** A profile that is always there. */
interface BuiltInProfile {
  readonly description: string;
  readonly settings: PartialConfig;
}

/** The built-in profiles. None is in use unless it is named, so a configuration without a profile is what it was. */
export const BUILT_IN_PROFILES: Readonly<Record<string, BuiltInProfile>> = {
  development: {
    description: "a quick look while you work: half the time, fewer re-runs",
    settings: { maxTime: 30_000, reruns: 3 },
  },
  ci: {
    description: "nobody waits: more time, more re-runs against flaky tests",
    settings: { maxTime: 180_000, reruns: 10 },
  },
  production: {
    description:
      "suites to be kept for long: ten minutes, many re-runs, and no weaker sandbox than namespace",
    settings: { maxTime: 600_000, reruns: 20, sandbox: "namespace" },
  },
};
