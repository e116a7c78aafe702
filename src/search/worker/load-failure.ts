import { ROOT_MARK } from "./fixture.ts";
import { describeThrown, readData } from "./snapshot.ts";

/** What is known of a module that did not load. */
export interface LoadScene {
  readonly workRoot: string;
  /** The module, relative to `workRoot`. */
  readonly file: string;
  readonly isOutOfFuel: boolean;
}

/** As it stood before target code ran. */
const PREPARE_STACK: unknown = readData(Error, "prepareStackTrace");
const MAX_TEXT = 500;
const MAX_STACK = 20_000;

/** Says in one sentence why a module did not load, and where: often it is another file that is to blame. */
export function explainLoadFailure(thrown: unknown, scene: LoadScene): string {
  const { name, message, isError } = describeThrown(thrown, {
    normalise: (text) => text.replaceAll(scene.workRoot, ROOT_MARK),
  });
  const found = isError ? findPlace(toStack(thrown as Error), scene.workRoot) : null;
  const place = found === null || found === scene.file ? "" : ` (in ${found})`;
  if (scene.isOutOfFuel)
    return `loading it never ends: an endless loop, or more work than loading may be${place}`;
  const text = `${name}: ${message}`.slice(0, MAX_TEXT);
  return `${message === "" ? `${name}, without a message` : text}${place}`;
}

/** Reading a stack calls `Error.prepareStackTrace` or a getter, which may be the target's own. */
function toStack(thrown: Error): string {
  if (readData(Error, "prepareStackTrace") !== PREPARE_STACK) return "";
  try {
    const stack: unknown = thrown.stack;
    return typeof stack === "string" ? stack.slice(0, MAX_STACK) : "";
  } catch {
    return "";
  }
}

/**
 * A file that does not parse stands in the first line, with the line that is wrong; it is not instrumented, so the
 * number counts. Elsewhere the first frame inside the project tells the file, and its number means nothing.
 */
function findPlace(stack: string, workRoot: string): string | null {
  const [first = "", ...rest] = stack.split("\n");
  const unparsed = toInside(first.trim(), workRoot);
  if (unparsed !== null && /^[^\s:]+:\d+$/u.test(unparsed)) return unparsed;
  for (const line of rest) {
    if (!line.startsWith("    at ")) continue;
    const inside = toInside(/\(?([^\s(]+):\d+:\d+\)?$/u.exec(line)?.[1] ?? "", workRoot);
    if (inside !== null) return inside;
  }
  return null;
}

function toInside(path: string, workRoot: string): string | null {
  const bare = path.replace(/^file:\/\//u, "");
  return bare.startsWith(`${workRoot}/`) ? bare.slice(workRoot.length + 1) : null;
}
