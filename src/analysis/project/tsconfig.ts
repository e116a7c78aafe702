import { posix } from "node:path";
import type { SourceTree } from "../files/tree.ts";
import { isRecord } from "./package-json.ts";
import { toJsonValue } from "../syntax/json-value.ts";

/** The parts of `tsconfig.json` that map sources to build output and aliases to files. */
export interface TsConfig {
  readonly path: string;
  readonly rootDir: string | null;
  readonly outDir: string | null;
  readonly baseUrl: string | null;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

const MAX_BYTES = 1_000_000;
const MAX_EXTENDS = 5;

/** Reads `tsconfig.json` of the root with what it extends inside the tree; null when there is none. */
export async function readTsConfig(tree: SourceTree): Promise<TsConfig | null> {
  if (!tree.has("tsconfig.json")) return null;
  let path: string | null = "tsconfig.json";
  let merged: Record<string, unknown> = {};
  for (let hop = 0; path !== null && hop < MAX_EXTENDS; hop += 1) {
    const outcome = await tree.read(path, MAX_BYTES);
    const value = outcome.kind === "text" ? toJsonValue(outcome.text) : null;
    if (!isRecord(value)) break;
    const options = value["compilerOptions"];
    if (isRecord(options)) merged = { ...rebase(options, posix.dirname(path)), ...merged };
    path = nextConfig(tree, path, value["extends"]);
  }
  return {
    path: "tsconfig.json",
    rootDir: toFolder(merged["rootDir"]),
    outDir: toFolder(merged["outDir"]),
    baseUrl: toFolder(merged["baseUrl"]),
    paths: toPaths(merged["paths"]),
  };
}

function nextConfig(tree: SourceTree, from: string, value: unknown): string | null {
  if (typeof value !== "string" || !value.startsWith(".")) return null;
  const joined = posix.join(posix.dirname(from), value);
  return [joined, `${joined}.json`].find((candidate) => tree.has(candidate)) ?? null;
}

/** Folder options count from the file that sets them. */
function rebase(
  options: Readonly<Record<string, unknown>>,
  folder: string,
): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...options };
  for (const key of ["rootDir", "outDir", "baseUrl"]) {
    const value = options[key];
    if (typeof value === "string") copy[key] = posix.join(folder, value);
  }
  return copy;
}

function toFolder(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const clean = posix.normalize(value).replace(/\/$/, "");
  return clean.startsWith("..") || clean.startsWith("/") ? null : clean;
}

function toPaths(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, targets]) => [
      key,
      Array.isArray(targets)
        ? targets.filter((target): target is string => typeof target === "string")
        : [],
    ]),
  );
}
