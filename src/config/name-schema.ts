import { z } from "zod";
import { NAME_PATTERN } from "./profiles.ts";

/** Name of a profile, provider or experiment. */
export const nameSchema: z.ZodType<string, string> = z
  .string()
  .regex(
    NAME_PATTERN,
    "a name is made of small letters, digits and hyphens, and starts with a letter",
  );
