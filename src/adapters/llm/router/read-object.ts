import type { ModelRequest } from "../../../contract/model/request.ts";

/** An object that has the shape that was asked for, or what is wrong with it. */
export type ReadObject<T> =
  | { readonly kind: "fits"; readonly object: T }
  | { readonly kind: "misfits"; readonly problems: string };

const MOST_PROBLEMS = 5;

/** Reads the object out of a text. Small models put it into a fence or into prose; there it is found as well. */
export function readObject<T>(
  answer: NonNullable<ModelRequest<T>["answer"]>,
  text: string,
): ReadObject<T> {
  const value = parseAny([
    text,
    ...listFences(text),
    text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1),
  ]);
  if (value === undefined) return { kind: "misfits", problems: "it is no JSON" };
  const parsed = answer.schema.safeParse(value);
  if (parsed.success) return { kind: "fits", object: parsed.data };
  const problems = parsed.error.issues
    .slice(0, MOST_PROBLEMS)
    .map(
      ({ path, message }) =>
        `${path.length === 0 ? "the object" : path.map(String).join(".")}: ${message}`,
    );
  return { kind: "misfits", problems: problems.join("; ") };
}

function listFences(text: string): readonly string[] {
  return [...text.matchAll(/```\w*\n([\s\S]*?)```/gu)].map(([, inner = ""]) => inner);
}

function parseAny(texts: readonly string[]): unknown {
  for (const text of texts) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // The next one.
    }
  }
  return undefined;
}
