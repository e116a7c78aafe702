import { open, readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { z } from "zod";
import { toMessage } from "../../../../kernel/errors.ts";

/** What can be said of a model of this machine without loading it. */
export interface GgufFound {
  /** Bytes of the file. */
  readonly size: number;
  /** Version of node-llama-cpp; null where it is not installed. */
  readonly library: string | null;
  /** `what` is a sentence without its end. */
  readonly problem: { readonly of: "file" | "library"; readonly what: string } | null;
}

const MAGIC = "GGUF";

/** Reads the first bytes of the file, and looks for the library where Regoose itself would find it. */
export async function inspectGguf(path: string): Promise<GgufFound> {
  const library = await findLibrary();
  const missing = { of: "library", what: "node-llama-cpp is not installed" } as const;
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    const what = `${path} is no GGUF file`;
    if (buffer.toString("latin1") !== MAGIC)
      return { size, library, problem: { of: "file", what } };
    return { size, library, problem: library === null ? missing : null };
  } catch (failure) {
    const what = `it cannot be read (${toMessage(failure)})`;
    return { size: 0, library, problem: { of: "file", what } };
  }
}

const manifestSchema = z.object({ version: z.string() });

async function findLibrary(): Promise<string | null> {
  try {
    const path = findPackageJSON("node-llama-cpp", import.meta.url);
    if (path === undefined) return null;
    return manifestSchema.parse(JSON.parse(await readFile(path, "utf8"))).version;
  } catch {
    return null;
  }
}
