import { STRIPPED_FOLDER } from "../../../contract/run-folder.ts";
import { stripTypes } from "../../strip-types.ts";

/** Contents whose stripped form is kept: the builds of a target come back with each run of the gate. */
const MOST_KEPT = 32;
/** Longer contents are stripped again each time, characters. */
const MOST_CHARACTERS = 500_000;

const kept = new Map<string, string | null>();

/**
 * Strips the types of TypeScript files as Node does when it loads them, so that runner processes need not: loading
 * the stripper takes 80 ms of processor time in each. Positions stay as they are. What Node cannot strip is left to
 * the process, which fails on it as the user's own command does.
 *
 * @param files work-relative path → content
 * @returns path below `STRIPPED_FOLDER` → JavaScript
 */
export function stripAll(
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, content]) => {
      const code = /\.[cm]?ts$/u.test(path) ? strip(content) : null;
      return code === null ? [] : [[`${STRIPPED_FOLDER}/${path}`, code]];
    }),
  );
}

function strip(content: string): string | null {
  const known = kept.get(content);
  if (known !== undefined) return known;
  const code = stripTypes(content);
  if (content.length <= MOST_CHARACTERS) {
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(content, code);
  }
  return code;
}
