import { z } from "zod";

/** A value as JSON has it; `{"$result": 0}` stands for the result of the first step. */
export type InputValue =
  | string
  | number
  | boolean
  | null
  | readonly InputValue[]
  | { readonly [name: string]: InputValue };

/** One step of proposed inputs. Export names are joined by dots; `on` counts earlier steps from 0. */
export type InputStep =
  | { readonly call: string; readonly args: readonly InputValue[] }
  | { readonly construct: string; readonly args: readonly InputValue[] }
  | { readonly method: string; readonly on: number; readonly args: readonly InputValue[] }
  | { readonly read: string; readonly on: number };

/** Calls that somebody proposes for the search to execute: no test yet, and nothing is expected of them. */
export interface ProposedInput {
  readonly steps: readonly InputStep[];
}

const MOST_STEPS = 20;
const MOST_ARGUMENTS = 20;

const value: z.ZodType<InputValue> = z.lazy(() =>
  z.union([
    z.string().max(20_000),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(value).max(500),
    z.record(z.string().max(300), value),
  ]),
);
const name = z.string().min(1).max(300);
const args = z.array(value).max(MOST_ARGUMENTS).default([]);
const on = z.number().int().min(0).max(MOST_STEPS);
const step: z.ZodType<InputStep> = z.union([
  z.strictObject({ call: name, args }),
  z.strictObject({ construct: name, args }),
  z.strictObject({ method: name, on, args }),
  z.strictObject({ read: name, on }),
]);

/** Reads what a model proposed as untrusted input. A single step counts as a list of one. */
export const proposedInputSchema: z.ZodType<ProposedInput> = z.union([
  z.strictObject({ steps: z.array(step).min(1).max(MOST_STEPS) }),
  step.transform((one) => ({ steps: [one] })),
]);
