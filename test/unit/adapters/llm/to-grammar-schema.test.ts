import { describe, expect, test } from "vitest";
import { z } from "zod";
import { toGrammarSchema } from "../../../../src/adapters/llm/wire/gguf/to-grammar-schema.ts";

describe("a JSON Schema for a grammar", () => {
  test("writes unions and definitions as node-llama-cpp reads them, at every depth", () => {
    const node = z.object({
      name: z.string(),
      next: z.union([z.object({ name: z.string() }), z.literal("none")]),
    });
    const schema = z.toJSONSchema(z.object({ all: z.array(node), kind: z.enum(["a", "b"]) }));

    expect(toGrammarSchema(schema as Record<string, unknown>)).toEqual({
      type: "object",
      properties: {
        all: {
          type: "array",
          items: {
            type: "object",
            properties: {
              name: { type: "string" },
              next: {
                oneOf: [
                  {
                    type: "object",
                    properties: { name: { type: "string" } },
                    additionalProperties: false,
                  },
                  { type: "string", const: "none" },
                ],
              },
            },
            additionalProperties: false,
          },
        },
        kind: { type: "string", enum: ["a", "b"] },
      },
      additionalProperties: false,
    });
    expect(toGrammarSchema({ definitions: { a: { anyOf: [{ type: "null" }] } } })).toEqual({
      $defs: { a: { oneOf: [{ type: "null" }] } },
    });
  });

  test("leaves out what no grammar can hold, and bounds that would blow it up", () => {
    expect(
      toGrammarSchema({
        ...{ type: "string", pattern: "^a", minLength: 2, maxLength: 100_000, format: "email" },
      }),
    ).toEqual({ type: "string", minLength: 2 });
    expect(toGrammarSchema({ type: "string", format: "date" })).toEqual({
      ...{ type: "string", format: "date" },
    });
    expect(toGrammarSchema({ type: "integer", minimum: 0, maximum: 9 })).toEqual({
      type: "integer",
    });
  });
});
