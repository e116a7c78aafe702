import type { HarnessFailure } from "../../../contract/harness.ts";

const TEXT_LIMIT = 4000;

/** Describes anything that was thrown. Never throws, whatever getters the value has. */
export function describeFailure(thrown: unknown): HarnessFailure {
  const read = (key: string): unknown => {
    try {
      return (thrown as Record<string, unknown>)[key];
    } catch {
      return undefined;
    }
  };
  const isObject = (typeof thrown === "object" && thrown !== null) || typeof thrown === "function";
  if (!isObject) {
    const message = cutText(`${typeof thrown}: ${String(thrown)}`);
    return { name: typeof thrown, message, code: null, isAssertionError: false, stack: "" };
  }
  const name = toText(read("name")) ?? "Error";
  const code = toText(read("code"));
  return {
    name,
    message: toText(read("message")) ?? "",
    code,
    isAssertionError:
      code === "ERR_ASSERTION" ||
      name === "AssertionError" ||
      read("matcherResult") !== undefined ||
      isJestAssertion(read("constructor")),
    stack: toText(read("stack")) ?? "",
  };
}

function isJestAssertion(constructor: unknown): boolean {
  return typeof constructor === "function" && constructor.name === "JestAssertionError";
}

function toText(value: unknown): string | null {
  return typeof value === "string" ? cutText(value) : null;
}

/** Cuts a text to what a report keeps of it. */
export function cutText(text: string): string {
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text;
}

/** One line for an error outside any test. */
export function toStrayText(thrown: unknown): string {
  const { name, message, stack } = describeFailure(thrown);
  return cutText(stack === "" ? `${name}: ${message}` : stack);
}
