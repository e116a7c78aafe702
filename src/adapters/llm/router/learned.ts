import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ParameterName } from "../../../contract/model/parameters.ts";
import type { Candidate } from "./candidate.ts";

/** Parameters that models refused, so that each is learned once. */
export interface Learned {
  of(candidate: Candidate): ReadonlySet<ParameterName>;
  add(candidate: Candidate, parameter: ParameterName): void;
}

const fileSchema = z.record(z.string(), z.array(z.string()));

/** `folder` keeps it beyond this process; null for a memory that ends with it. */
export function openLearned(folder: string | null): Learned {
  const path = folder === null ? null : join(folder, "refused-parameters.json");
  const known = new Map<string, Set<ParameterName>>(
    Object.entries(path === null ? {} : read(path)).map(([key, names]) => [
      key,
      new Set(names as ParameterName[]),
    ]),
  );
  return {
    of: (candidate) => known.get(toKey(candidate)) ?? new Set(),
    add(candidate, parameter) {
      const key = toKey(candidate);
      known.set(key, new Set([...(known.get(key) ?? []), parameter]));
      if (path === null || folder === null) return;
      const all = Object.fromEntries([...known].map(([name, set]) => [name, [...set]]));
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    },
  };
}

/** The same name behind another address is another model. */
function toKey({ endpoint, model }: Candidate): string {
  return `${endpoint.kind} ${endpoint.baseUrl ?? ""} ${model}`;
}

/** A damaged file is only forgetfulness. */
function read(path: string): Readonly<Record<string, readonly string[]>> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}
