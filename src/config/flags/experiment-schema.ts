import { z } from "zod";
import {
  EXPERIMENT_UNITS,
  type ExperimentSetting,
  type FlagName,
} from "../../contract/feature-flags.ts";
import { EXPERIMENT_KEYS, FLAG_NAMES, FLAGS, MINIMUM_UNITS } from "./registry.ts";
import { nameSchema } from "../name-schema.ts";

type ExperimentKey = keyof typeof EXPERIMENT_KEYS;

export const EXPERIMENT_FIELD_KEYS: readonly string[] = Object.keys(EXPERIMENT_KEYS);

const MOST_EXPERIMENTS = 20;

const FIELDS = {
  flag: z.enum(FLAG_NAMES),
  variants: z.record(z.string().max(40), z.int().min(1).max(1_000_000)),
  unit: z.enum(EXPERIMENT_UNITS).default("run"),
  minimum: z.int().min(2).max(1_000_000).default(MINIMUM_UNITS),
} satisfies Readonly<Record<ExperimentKey, z.ZodType>>;

const meta = (
  key: ExperimentKey,
): { readonly description: string; readonly "x-reload": string } => {
  const { description, reload } = EXPERIMENT_KEYS[key];
  return { description, "x-reload": reload };
};

const experiment = z
  .strictObject({
    flag: FIELDS.flag.meta(meta("flag")),
    variants: FIELDS.variants.meta(meta("variants")),
    unit: FIELDS.unit.meta(meta("unit")),
    minimum: FIELDS.minimum.meta(meta("minimum")),
  })
  .superRefine(({ flag, variants }, context) => {
    const values = FLAGS[flag].values.map(String);
    for (const name of Object.keys(variants)) {
      if (values.includes(name)) continue;
      const message = `"${name}" is no value of ${flag}; the values are ${values.join(", ")}`;
      context.addIssue({ code: "custom", path: ["variants", name], message });
    }
    if (Object.keys(variants).length < 2)
      context.addIssue({
        code: "custom",
        path: ["variants"],
        message: "an experiment compares at least two variants",
      });
  });

/** The experiments that a file sets. One flag is decided by one experiment. */
export const experimentsSchema: z.ZodType<Readonly<Record<string, ExperimentSetting>>> = z
  .record(nameSchema, experiment)
  .superRefine((experiments, context) => {
    const decided = new Map<FlagName, string>();
    for (const [one, { flag }] of Object.entries(experiments)) {
      const other = decided.get(flag);
      decided.set(flag, one);
      if (other === undefined) continue;
      const message = `${flag} is decided by the experiment ${other} already`;
      context.addIssue({ code: "custom", path: [one, "flag"], message });
    }
    if (Object.keys(experiments).length > MOST_EXPERIMENTS)
      context.addIssue({ code: "custom", message: `at most ${MOST_EXPERIMENTS} experiments` });
  });
