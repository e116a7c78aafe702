import { type Abstract, createScope, UNKNOWN } from "./abstract.ts";
import { type FunctionValue, MAX_DEPTH, type Reader, toGene } from "./reader-core.ts";

/** Runs a function literal's body with its parameters bound, and answers what it returns. */
export function inlineFunction(
  reader: Reader,
  callable: FunctionValue,
  args: readonly Abstract[],
): Abstract {
  if (reader.depth > MAX_DEPTH - 8) return UNKNOWN;
  const scope = createScope(callable.scope);
  callable.node.params.forEach((param, index) => {
    if (param.type === "RestElement") {
      const items = args.slice(index).map((argument) => toGene(reader, argument));
      reader.bind(
        param.argument,
        { kind: "gene", gene: { kind: "array", items } },
        scope,
        "declare",
      );
    } else if (param.type !== "TSParameterProperty") {
      reader.bind(param, args[index] ?? UNKNOWN, scope, "declare");
    }
  });
  const { body } = callable.node;
  reader.depth += 4;
  try {
    return body.type === "BlockStatement"
      ? reader.run(body.body, scope)
      : reader.evaluate(body, scope);
  } finally {
    reader.depth -= 4;
  }
}
