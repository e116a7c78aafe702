/**
 * Reads a parameter of a model as a person types it: JSON, and what is none is a text. `stop=END` is a list of one,
 * `models=a,b` a list.
 */
export function readParameterText(name: string, text: string): unknown {
  if (name === "serviceTier") return text;
  if (name === "models") return text.split(",").map((part) => part.trim());
  const value = readJson(text);
  return name === "stop" && !Array.isArray(value) ? [text] : value;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
