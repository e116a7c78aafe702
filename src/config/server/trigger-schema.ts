import { z } from "zod";
import { duration } from "../duration-schema.ts";
import { nameSchema } from "../name-schema.ts";
import {
  findTriggerProblems,
  TRIGGER_CHOICES,
  TRIGGER_METRICS,
  type TriggerSetting,
  type TriggerSettings,
} from "./trigger-rules.ts";

const MOST_RULES = 50;

const FIELDS: {
  readonly [K in keyof TriggerSetting]-?: z.ZodType<NonNullable<TriggerSetting[K]>>;
} = {
  enabled: z.boolean().meta({ description: "`false` turns a built-in rule off." }),
  metric: z
    .enum(TRIGGER_METRICS)
    .meta({ description: "A gauge of the server, as /metrics names it." }),
  labels: z
    .record(z.string().max(40), z.string().max(100))
    .meta({ description: "Names one series of a metric that has several." }),
  above: z.number().meta({ description: "Holds where the metric is above this." }),
  below: z.number().meta({ description: "Holds where the metric is below this." }),
  for: duration.meta({
    description:
      "How long it has to hold before the action, and to be gone before that is taken back.",
  }),
  action: z.enum(TRIGGER_CHOICES).meta({ description: "What is done." }),
  cooldown: duration.meta({ description: "Least time from one firing to the next." }),
  mostPerHour: z.int().min(1).max(1_000).meta({ description: "Most firings in an hour." }),
};

export const TRIGGER_FIELD_KEYS: readonly string[] = Object.keys(FIELDS);

const trigger: z.ZodType<TriggerSetting> = z.strictObject(
  Object.fromEntries(Object.entries(FIELDS).map(([key, field]) => [key, z.optional(field)])),
);

/** Rules by name; what a rule lacks comes from the built-in one of that name. */
export const triggersSchema: z.ZodType<TriggerSettings> = z
  .record(nameSchema, trigger)
  .superRefine((settings, context) => {
    if (Object.keys(settings).length > MOST_RULES)
      context.addIssue({ code: "custom", message: `at most ${MOST_RULES} rules` });
    for (const [name, setting] of Object.entries(settings)) {
      for (const { path, message } of findTriggerProblems(name, setting))
        context.addIssue({ code: "custom", path: [name, ...path], message });
    }
  });
