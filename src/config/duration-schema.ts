import { z } from "zod";
import { parseDuration } from "./duration.ts";

/** Reads what {@link parseDuration} reads, into milliseconds. */
export const duration: z.ZodType<number, string | number> = z
  .union([z.string(), z.number()])
  .transform((value, context): number => {
    try {
      return parseDuration(String(value));
    } catch (failure) {
      context.addIssue({
        code: "custom",
        message: `${failure instanceof Error ? failure.message : "not a duration"}; write 500ms, 60s or 2m`,
      });
      return z.NEVER;
    }
  });
