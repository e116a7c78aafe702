import { formatDuration } from "../../config/duration.ts";
import { isReference } from "../../config/secrets/reference.ts";
import type { FlagSetting } from "../../contract/feature-flags.ts";

const DURATIONS: ReadonlySet<string> = new Set(["maxTime", "timeout", "hedgeAfter"]);

/** A value as a file would hold it; what is or names a secret is `[redacted]`. */
export type ShownValue =
  string | number | boolean | null | readonly string[] | Readonly<Record<string, unknown>>;

/** Turns the value at a path into what may be shown. */
export function toShownValue(path: readonly string[], value: unknown): ShownValue {
  if (isReference(value)) return String(value.target);
  if (typeof value === "number" && DURATIONS.has(path.at(-1) ?? "")) return formatDuration(value);
  if (Array.isArray(value))
    return value.map((one: unknown) => String(isReference(one) ? one.target : one));
  if (path[0] === "flags" && isFlagSetting(value) && value.rules.length === 0)
    return value.otherwise;
  if (path[0] === "flags" || path[0] === "experiments" || path.at(-1) === "triggers")
    return typeof value === "object" && value !== null ? { ...value } : null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function isFlagSetting(value: unknown): value is FlagSetting {
  return typeof value === "object" && value !== null && "rules" in value;
}

/** As YAML writes it, on one line. */
export function toYamlText(value: ShownValue): string {
  if (Array.isArray(value)) return `[${value.map((one: string) => toYamlText(one)).join(", ")}]`;
  const isPlain = typeof value === "string" && /^[A-Za-z0-9./~][\w./~*-]*$/.test(value);
  const looksOther = isPlain && /^(?:null|true|false|~|[\d.+-]+(?:e\d+)?)$/i.test(value);
  return isPlain && !looksOther ? value : JSON.stringify(value);
}
