import { toSentence } from "../../contract/to-sentence.ts";
import { type Environment, USUAL_VARIABLES } from "../environment.ts";
import { type Leaf, toLeaves, toOrigin } from "../layers/leaf.ts";
import { providerSchema } from "../provider-schema.ts";

/**
 * What the usual variables of providers set, such as `OPENAI_API_KEY`. They are there for other programs too, so
 * everything else wins over them, and one that is wrong is left out with a sentence. A key stays a reference.
 */
export function readUsualVariables({ usual }: Environment): {
  readonly leaves: readonly Leaf[];
  readonly degradations: readonly string[];
} {
  const leaves = new Map<string, readonly Leaf[]>();
  const degradations: string[] = [];
  for (const [variable, text] of Object.entries(usual)) {
    const [provider, key] = USUAL_VARIABLES[variable] ?? ["", "apiKey"];
    const place = `${provider}.${key}`;
    if (leaves.has(place)) continue;
    const value = key === "apiKey" ? `env:${variable}` : text;
    const parsed = providerSchema.safeParse({ [key]: value });
    if (parsed.success) {
      const config = { providers: { [provider]: parsed.data } };
      leaves.set(
        place,
        toLeaves(config, () => toOrigin("environment", variable)),
      );
    } else {
      const advice = parsed.error.issues[0]?.message ?? "it cannot be read";
      degradations.push(toSentence("setting-unknown", { variable, advice }));
    }
  }
  return { leaves: [...leaves.values()].flat(), degradations };
}
