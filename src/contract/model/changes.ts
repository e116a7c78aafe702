import { z } from "zod";
import { type ParameterChange, PARAMETER_NAMES } from "./parameters.ts";
import { MODEL_ROLES, type ModelRole } from "./request.ts";

/** What became of one parameter in the requests of a run, wherever the same was done to it. */
export interface NotedChange extends ParameterChange {
  readonly provider: string;
  readonly model: string;
  /** Who asked, in the order in which they first did. */
  readonly roles: readonly ModelRole[];
  /** Requests that were sent so, those included whose answer came from the cache or the run's own recording. */
  readonly requests: number;
}

const change = {
  parameter: z.enum(PARAMETER_NAMES),
  action: z.enum(["dropped", "renamed", "changed"]),
  field: z.string().nullable(),
  why: z.string(),
  source: z.enum(["table", "learned"]),
};

export const parameterChangeSchema: z.ZodType<ParameterChange> = z.strictObject(change);

export const notedChangeSchema: z.ZodType<NotedChange> = z.strictObject({
  ...change,
  provider: z.string(),
  model: z.string(),
  roles: z.array(z.enum(MODEL_ROLES)),
  requests: z.int().min(0),
});
