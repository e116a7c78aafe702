import { invalidPackageJson } from "../errors.ts";
import type { SourceTree } from "../files/tree.ts";

/** The parts of a `package.json` that analysis reads; anything of a wrong type counts as absent. */
export interface PackageJson {
  readonly name: string | null;
  readonly version: string | null;
  /** Address and, in a repository of many packages, folder. */
  readonly repository: string | null;
  readonly type: "module" | "commonjs" | null;
  readonly main: string | null;
  readonly module: string | null;
  readonly source: string | null;
  readonly types: string | null;
  /** The raw value of `exports`, or undefined. */
  readonly exports: unknown;
  /** The raw value of `imports`, or undefined. */
  readonly imports: unknown;
  readonly scripts: Readonly<Record<string, string>>;
  /** Names in dependencies, devDependencies and optionalDependencies. */
  readonly dependencyNames: ReadonlySet<string>;
  readonly packageManager: string | null;
  /** Names of all top-level keys, for configuration such as `jest` or `prettier`. */
  readonly keys: ReadonlySet<string>;
  /** The raw object, for configuration that one reader needs. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const MAX_PACKAGE_JSON_BYTES = 5_000_000;

/**
 * Reads `<folder>/package.json` of the tree; null when there is none.
 * @throws InvalidPackageJson (RGS-1005) with line and column when it is not a JSON object.
 */
export async function readPackageJson(
  tree: SourceTree,
  path = "package.json",
): Promise<PackageJson | null> {
  const outcome = await tree.read(path, MAX_PACKAGE_JSON_BYTES);
  if (outcome.kind === "missing") return null;
  if (outcome.kind !== "text") {
    throw invalidPackageJson(path, {
      line: 1,
      column: 1,
      message: `cannot be read (${outcome.kind})`,
    });
  }
  return parsePackageJson(outcome.text, path);
}

/** @throws InvalidPackageJson (RGS-1005) */
export function parsePackageJson(text: string, path: string): PackageJson {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (failure) {
    throw invalidPackageJson(path, locateJsonError(failure, text));
  }
  if (!isRecord(raw)) {
    throw invalidPackageJson(path, { line: 1, column: 1, message: "expected one JSON object" });
  }
  return toPackageJson(raw);
}

function toPackageJson(raw: Readonly<Record<string, unknown>>): PackageJson {
  const type = raw["type"];
  return {
    name: toText(raw["name"]),
    version: toText(raw["version"]),
    repository: toRepository(raw["repository"]),
    type: type === "module" || type === "commonjs" ? type : null,
    main: toText(raw["main"]),
    module: toText(raw["module"]),
    source: toText(raw["source"]),
    types: toText(raw["types"]) ?? toText(raw["typings"]),
    exports: raw["exports"],
    imports: raw["imports"],
    scripts: toTextRecord(raw["scripts"]),
    dependencyNames: new Set(
      ["dependencies", "devDependencies", "optionalDependencies"].flatMap((key) => {
        const group = raw[key];
        return isRecord(group) ? Object.keys(group) : [];
      }),
    ),
    packageManager: toText(raw["packageManager"]),
    keys: new Set(Object.keys(raw)),
    raw,
  };
}

/** True for a plain JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toRepository(value: unknown): string | null {
  if (!isRecord(value)) return toText(value);
  const parts = [toText(value["url"]), toText(value["directory"])];
  return toText(parts.filter((part) => part !== null).join("#"));
}

function toText(value: unknown): string | null {
  return typeof value === "string" && value !== "" && !value.includes("\0") ? value : null;
}

function toTextRecord(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

function locateJsonError(
  failure: unknown,
  text: string,
): { readonly line: number; readonly column: number; readonly message: string } {
  const full = failure instanceof Error ? failure.message : String(failure);
  const position = /at position (\d+)/.exec(full)?.[1];
  const offset = position === undefined ? firstBadToken(text) : Number(position);
  const before = text.slice(0, offset).split("\n");
  return {
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    message: full.replace(/ in JSON at position[\s\S]*$/, "").slice(0, 200),
  };
}

const JSON_TOKEN =
  /\s+|[{}[\],:]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y;

/** Where V8 names only the token, not its place: the first text that is no JSON token. */
function firstBadToken(text: string): number {
  JSON_TOKEN.lastIndex = 0;
  let offset = 0;
  while (offset < text.length && JSON_TOKEN.test(text)) offset = JSON_TOKEN.lastIndex;
  return offset;
}
