import type { ConfigProblem } from "./errors.ts";
import { CONFIG_VERSION } from "./schema.ts";
import { parseYamlConfig } from "./sources/yaml-source.ts";

/** What bringing a file up to date would do. */
export type Migration =
  | { readonly kind: "current" }
  | { readonly kind: "migrated"; readonly text: string }
  | { readonly kind: "failed"; readonly problems: readonly ConfigProblem[] };

/**
 * Brings the text of a configuration file to the present version. Only what has to change does: comments, order,
 * quotes and line ends stay byte for byte.
 */
export function migrateText(text: string, source: string): Migration {
  const before = parseYamlConfig(text, source);
  if (before.kind === "failed") return before;
  if (before.config.version !== undefined) return { kind: "current" };
  const migrated = addVersion(text);
  const after = parseYamlConfig(migrated, source);
  const wanted = { ...before.config, version: CONFIG_VERSION };
  if (after.kind === "parsed" && isSame(after.config, wanted))
    return { kind: "migrated", text: migrated };
  const message = `write \`version: ${CONFIG_VERSION}\` into this file by hand; its form is too unusual to do it for you`;
  return { kind: "failed", problems: [{ source, line: 1, column: 1, message }] };
}

/** After a heading comment that a blank line ends, else before everything that belongs to the first key. */
function addVersion(text: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const line = `version: ${CONFIG_VERSION}${end}`;
  const flow = /^(?:\uFEFF)?(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n)*\s*\{/.exec(text);
  if (flow !== null) {
    const isEmpty = /^\s*\}/.test(text.slice(flow[0].length));
    const entry = `"version": ${CONFIG_VERSION}${isEmpty ? "" : ","}`;
    return `${flow[0]} ${entry}${text.slice(flow[0].length)}`;
  }
  const start =
    /^(?:\uFEFF)?(?:(?:%[^\n]*\n|[ \t]*#[^\n]*\n|[ \t]*\r?\n)*---[ \t]*(?:#[^\n]*)?\r?\n)?/.exec(
      text,
    )?.[0] ?? "";
  const rest = text.slice(start.length);
  const heading = /^(?:[ \t]*#[^\n]*\n)+(?:[ \t]*\r?\n)+/.exec(rest)?.[0];
  if (heading === undefined) return `${start}${line}${rest}`;
  return `${start}${heading}${line}${end}${rest.slice(heading.length)}`;
}

/** Secrets print alike, and no migration touches one. */
function isSame(left: object, right: object): boolean {
  const sort = (value: object): string => JSON.stringify(Object.entries(value).toSorted());
  return sort(left) === sort(right);
}
