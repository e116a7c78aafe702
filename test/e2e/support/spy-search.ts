// Preloaded into the built command by tests: notes, in SPY_FILE, what search processes say that they found and the jobs
// that they get, as lines of JSON with the time of day.
import { appendFileSync } from "node:fs";

const file = process.env["SPY_FILE"] ?? "";
const parse = JSON.parse.bind(JSON);
const stringify = JSON.stringify.bind(JSON);

function note(line: object): void {
  appendFileSync(file, `${stringify({ at: Date.now(), ...line })}\n`);
}

JSON.parse = (text: string, reviver): unknown => {
  const value: unknown = parse(text, reviver);
  if (text.startsWith('{"kind":"items"') || text.startsWith('{"kind":"kills"')) {
    note({ said: value });
  }
  return value;
};

JSON.stringify = ((value: unknown, replacer: undefined, space: string | undefined) => {
  if (typeof value === "object" && value !== null && "workRoot" in value && "kind" in value) {
    const { kind } = value;
    if (kind === "coverage" || kind === "mutation") note({ job: value });
  }
  return stringify(value, replacer, space);
}) as typeof JSON.stringify;
