import { z } from "zod";
import type { ModelParameters } from "../../../contract/model/parameters.ts";
import type { ModelRequest } from "../../../contract/model/request.ts";
import { sha256, toCanonicalJson } from "../../../kernel/hash.ts";

/** JSON Schema of the object that is asked for; null for text. */
export function toSchema<T>(
  request: ModelRequest<T>,
): { readonly name: string; readonly json: Readonly<Record<string, unknown>> } | null {
  if (request.answer === undefined) return null;
  const json: Record<string, unknown> = {
    ...z.toJSONSchema(request.answer.schema, { io: "input" }),
  };
  // Some providers refuse it.
  Reflect.deleteProperty(json, "$schema");
  return { name: request.answer.name, json };
}

/** Names what was asked: everything that may change an answer, and nothing else. */
export function toQuestion(
  request: ModelRequest<unknown>,
  parameters: ModelParameters,
  schema: unknown,
): string {
  const { role, messages, tools, toolChoice, model, sample } = request;
  return sha256(
    toCanonicalJson({
      role,
      messages,
      tools,
      toolChoice,
      model,
      sample: sample ?? 0,
      parameters,
      schema,
    }),
  ).slice(0, 32);
}
