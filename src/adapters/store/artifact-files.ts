import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

import { sha256 } from "../../kernel/hash.ts";
import type { ArtifactStore } from "../../ports/run-log.ts";
import { makeFolder, writeWhole } from "../durable-files.ts";
import { createArtifactDamaged, createArtifactTooLarge } from "./errors.ts";

/** Most characters of one artifact: a run that says more than this is not read back in one piece. */
const MAX_LENGTH = 256 * 1024 * 1024;

/** Level 1 costs a tenth of the default's time for a fifth more bytes, on coverage maps. */
const LEVEL = 1;

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Artifacts as files, `<runs>/<id>/artifacts/<sha256>.gz`. */
export function createArtifactFiles(
  runs: string,
  limits: { readonly maxLength: number } = { maxLength: MAX_LENGTH },
): ArtifactStore {
  const toPath = (runId: string, hash: string): string =>
    join(runs, runId, "artifacts", `${hash}.gz`);
  /** Null where there is none, or where it is damaged. */
  const readWhole = async (path: string, hash: string): Promise<string | null> => {
    const stored = await readFile(path).catch(() => null);
    if (stored === null) return null;
    const text = await expand(stored, { maxOutputLength: 4 * limits.maxLength }).then(
      (bytes) => bytes.toString("utf8"),
      () => null,
    );
    return text !== null && sha256(text) === hash ? text : null;
  };
  return {
    async put(runId, text) {
      if (text.length > limits.maxLength) throw createArtifactTooLarge(text.length, limits);
      const hash = sha256(text);
      const path = toPath(runId, hash);
      // One that was damaged meanwhile is written again.
      if ((await readWhole(path, hash)) !== null) return hash;
      await makeFolder(join(runs, runId, "artifacts"));
      await writeWhole(path, await compress(text, { level: LEVEL }));
      return hash;
    },
    async get(runId, hash) {
      const path = toPath(runId, hash);
      const text = await readWhole(path, hash);
      if (text === null && existsSync(path)) throw createArtifactDamaged(runId, hash);
      return text;
    },
  };
}
