import { isRecord } from "./package-json.ts";

/** One subpath of an `exports` map with the files that each condition order offers, best first. */
export interface ExportsEntry {
  readonly specifier: string;
  /** Candidate targets as written (`./dist/index.js`), in order of preference. */
  readonly targets: readonly string[];
  /** True when `specifier` holds a `*`. */
  readonly isPattern: boolean;
}

const IGNORED_CONDITIONS: ReadonlySet<string> = new Set([
  "types",
  "typings",
  "browser",
  "react-native",
  "deno",
  "worker",
  "edge-light",
  "workerd",
]);
const MAX_DEPTH = 12;
const MAX_ENTRIES = 400;

/**
 * Flattens the `exports` field of a `package.json` (Node.js documentation, "Conditional exports",
 * "Subpath patterns"): `preferred` conditions are tried in the order in which the map lists them, as Node
 * does; then every other condition, so that a dual package still resolves when one half is missing.
 */
export function flattenExports(
  value: unknown,
  preferred: readonly string[],
): readonly ExportsEntry[] {
  if (value === undefined || value === null) return [];
  const subpaths = isSubpathMap(value) ? Object.entries(value) : [[".", value] as const];
  return subpaths
    .slice(0, MAX_ENTRIES)
    .map(([specifier, target]) => ({
      specifier,
      targets: [
        ...new Set([
          ...targetsOf(target, (name) => preferred.includes(name), 0),
          ...targetsOf(target, (name) => !IGNORED_CONDITIONS.has(name), 0),
        ]),
      ],
      isPattern: specifier.includes("*") || specifier.endsWith("/"),
    }))
    .filter((entry) => entry.targets.length > 0);
}

/** Declaration files that an `exports` entry names under `types`, in order. */
export function typesTargets(value: unknown, specifier: string): readonly string[] {
  const target = isSubpathMap(value) ? value[specifier] : specifier === "." ? value : undefined;
  return [...new Set(typesIn(target, 0))];
}

/** Targets of a `#name` specifier in the `imports` field (Node.js documentation, "Subpath imports"). */
export function targetsOfImports(value: unknown, specifier: string): readonly string[] {
  if (!isRecord(value)) return [];
  const exact = value[specifier];
  if (exact !== undefined) return targetsOf(exact, () => true, 0);
  for (const [pattern, target] of Object.entries(value)) {
    const [head = "", tail] = pattern.split("*");
    if (tail === undefined || !specifier.startsWith(head) || !specifier.endsWith(tail)) continue;
    const rest = specifier.slice(head.length, specifier.length - tail.length);
    return targetsOf(target, () => true, 0).map((path) => path.replace("*", rest));
  }
  return [];
}

function isSubpathMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.keys(value).some((key) => key.startsWith("."));
}

function targetsOf(
  target: unknown,
  accepts: (condition: string) => boolean,
  depth: number,
): readonly string[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof target === "string") return target.startsWith("./") ? [target] : [];
  if (Array.isArray(target)) {
    return target.flatMap((item: unknown) => targetsOf(item, accepts, depth + 1));
  }
  if (!isRecord(target)) return [];
  return Object.entries(target).flatMap(([condition, inner]) =>
    accepts(condition) ? targetsOf(inner, accepts, depth + 1) : [],
  );
}

function typesIn(target: unknown, depth: number): readonly string[] {
  if (depth > MAX_DEPTH || !isRecord(target)) return [];
  return Object.entries(target).flatMap(([condition, inner]) => {
    if (condition === "types" || condition.startsWith("types@")) {
      return targetsOf(inner, () => true, depth + 1);
    }
    return typesIn(inner, depth + 1);
  });
}
