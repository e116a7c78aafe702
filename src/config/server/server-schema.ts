import { z } from "zod";
import {
  type PartialServer,
  SERVER_SETTINGS,
  type ServerKey,
  type ServerValues,
} from "./server-keys.ts";
import { triggersSchema } from "./trigger-schema.ts";

const path = z.string().min(1).max(500);

const FIELDS: { readonly [K in ServerKey]: z.ZodType<ServerValues[K]> } = {
  host: z.string().min(1).max(100),
  port: z.int().min(0).max(65_535),
  concurrency: z.int().min(1).max(1_000).nullable(),
  queue: z.int().min(0).max(9_000),
  log: z.string().max(200),
  runLog: z.string().max(200).nullable(),
  online: z.boolean(),
  state: path.regex(/^(?:\/|~\/)/, "has to be an absolute folder or ~/…").nullable(),
  triggers: triggersSchema,
};

/** What a file sets of the server, every key optional. */
export const serverSchema: z.ZodType<PartialServer> = z.strictObject(
  Object.fromEntries(
    Object.entries(FIELDS).map(([key, field]) => {
      const { description, reload, default: value } = SERVER_SETTINGS[key as ServerKey];
      return [key, z.optional(field.meta({ description, default: value, "x-reload": reload }))];
    }),
  ),
);
