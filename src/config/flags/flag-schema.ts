import { z } from "zod";
import {
  FLAG_ATTRIBUTES,
  type FlagName,
  type FlagRule,
  type FlagSetting,
  type FlagValue,
} from "../../contract/feature-flags.ts";
import { ATTRIBUTE_TEXTS, FLAG_NAMES, FLAGS } from "./registry.ts";

/** What one source sets of the flags. */
export type FlagSettings = { readonly [K in FlagName]?: FlagSetting | undefined };

export const FLAG_FIELD_KEYS = ["rules", "otherwise"] as const;
export const RULE_KEYS = ["when", "percent", "value"] as const;

const MOST_RULES = 20;

const wanted = z.union([z.string().max(200), z.boolean()]);

/** One value or a list of them, which is read as a list. */
const attribute = z
  .union([wanted, z.array(wanted).min(1).max(50)])
  .transform((value) => (Array.isArray(value) ? value : [value]));

const when = z.strictObject(
  Object.fromEntries(
    FLAG_ATTRIBUTES.map((name) => [
      name,
      z.optional(attribute.meta({ description: ATTRIBUTE_TEXTS[name] })),
    ]),
  ),
) as z.ZodType<NonNullable<FlagRule["when"]>>;

function toFlagSchema(name: FlagName): z.ZodType<FlagSetting> {
  const { default: standard, values, description, reload } = FLAGS[name];
  const value: z.ZodType<FlagValue> =
    typeof standard === "boolean"
      ? z.boolean()
      : (z.enum(values as readonly string[]) as z.ZodType<FlagValue>);
  const rule = z.strictObject({
    when: when.optional(),
    percent: z.number().min(0).max(100).optional(),
    value,
  });
  const rules = z.strictObject({
    rules: z.array(rule).max(MOST_RULES),
    otherwise: value.optional(),
  });
  return z
    .union([value, rules])
    .transform((given): FlagSetting =>
      typeof given === "object"
        ? { rules: given.rules, otherwise: given.otherwise ?? standard }
        : { rules: [], otherwise: given },
    )
    .meta({ description, default: standard, "x-reload": reload });
}

/** The flags that a file sets; a plain value is for every run. */
export const flagsSchema: z.ZodType<FlagSettings> = z.strictObject(
  Object.fromEntries(FLAG_NAMES.map((name) => [name, z.optional(toFlagSchema(name))])),
);
