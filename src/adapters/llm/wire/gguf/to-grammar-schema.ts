type Schema = Readonly<Record<string, unknown>>;

/** Keywords that node-llama-cpp turns into a grammar; whatever else a schema says is checked when the answer is there. */
const KEPT = [
  ...["type", "const", "enum", "oneOf", "minLength", "maxLength", "properties", "items"],
  ...["prefixItems", "minItems", "maxItems", "minProperties", "maxProperties"],
  ...["additionalProperties", "$ref", "$defs", "description"],
];
/** Counted repetitions blow a grammar up; a longer bound is left to the check of the answer. */
const MOST_REPEATED = 1_000;

/**
 * A JSON Schema in the part of the language that node-llama-cpp understands: unions are `oneOf`, definitions stand under
 * `$defs`. It asks for every property that is named, also for those that may be left out.
 */
export function toGrammarSchema(schema: Schema): Schema {
  const { anyOf, definitions, format, ...rest } = schema;
  const full: Record<string, unknown> = {
    ...rest,
    ...(Array.isArray(anyOf) ? { oneOf: anyOf } : {}),
    ...(definitions === undefined ? {} : { $defs: definitions }),
    ...(format === "date" || format === "time" || format === "date-time" ? { format } : {}),
  };
  const kept = Object.entries(full).filter(
    ([key, value]) =>
      (KEPT.includes(key) || key === "format") &&
      !(/^(?:min|max)/u.test(key) && !(typeof value === "number" && value <= MOST_REPEATED)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, toInner(key, value)]));
}

function toInner(key: string, value: unknown): unknown {
  if (key === "properties" || key === "$defs")
    return Object.fromEntries(
      Object.entries(toSchema(value)).map(([name, one]) => [name, toGrammarSchema(toSchema(one))]),
    );
  if ((key === "oneOf" || key === "prefixItems") && Array.isArray(value))
    return value.map((one) => toGrammarSchema(toSchema(one)));
  if (key === "items" || key === "additionalProperties")
    return typeof value === "object" ? toGrammarSchema(toSchema(value)) : value;
  return value;
}

function toSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}
