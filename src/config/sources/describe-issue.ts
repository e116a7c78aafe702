import type { z } from "zod";
import { nearestName } from "../../kernel/nearest-name.ts";
import { listKnownKeys } from "../schema.ts";

/** A schema issue in words, with the place it belongs to. */
export interface IssueText {
  readonly path: readonly PropertyKey[];
  /** True when the key itself is wrong, not its value. */
  readonly isKey: boolean;
  readonly message: string;
}

/** Puts a zod issue into words; one issue may name several unknown keys. Repeats no value that may be secret. */
export function describeIssue(issue: z.core.$ZodIssue): readonly IssueText[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = listKnownKeys(path) ?? [];
    return issue.keys.map((key) => ({
      path: [...path, key],
      isKey: true,
      message: unknownKey(key, known),
    }));
  }
  const key = path.map(String).join(".");
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    // A key pasted in the wrong place of a provider must not come out here.
    const isHidden = issue.input === undefined || path.includes("providers");
    const given = isHidden ? "" : ` is ${toShort(issue.input)}; it`;
    return [{ path, isKey: false, message: `${key}${given} has to be ${values.join(", ")}` }];
  }
  if (issue.code === "invalid_union") {
    if (path.includes("flags")) return describeFlag(issue, key);
    return [{ path, isKey: false, message: `${key} has to be a text or a number` }];
  }
  if (issue.code === "invalid_key") {
    const why = issue.issues[0]?.message ?? "no such name is possible";
    return [{ path, isKey: true, message: `${key}: ${why}` }];
  }
  return [{ path, isKey: false, message: `${key}: ${issue.message}` }];
}

/** A flag is a value or an object of rules: what was meant shows in what was written. */
function describeFlag(issue: z.core.$ZodIssueInvalidUnion, key: string): readonly IssueText[] {
  const { path, input } = issue;
  const nested = issue.errors.find((issues) => issues.some((one) => one.path.length > 0));
  if (typeof input === "object" && input !== null && nested !== undefined)
    return nested.flatMap((one) => describeIssue({ ...one, path: [...path, ...one.path] }));
  const values = issue.errors.flatMap((issues) => issues).flatMap(toChoices);
  const choices = values.length === 0 ? "one of its values" : values.join(", ");
  const given = input === undefined ? "" : ` is ${toShort(input)}; it`;
  return [{ path, isKey: false, message: `${key}${given} has to be ${choices}, or have rules` }];
}

function toChoices(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_type" && issue.expected === "boolean" ? ["true", "false"] : [];
}

function toShort(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}

/** `unknown key "engin"; did you mean "engine"?` */
function unknownKey(key: string, known: readonly string[]): string {
  const shown = key.slice(0, 80);
  const near = nearestName(key, known);
  return near === null
    ? `unknown key "${shown}"; the keys are ${known.join(", ")}`
    : `unknown key "${shown}"; did you mean "${near}"?`;
}
