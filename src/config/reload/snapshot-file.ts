import { readFile } from "node:fs/promises";
import { z } from "zod";
import { toMessage } from "../../kernel/errors.ts";
import { configUnreadable } from "../errors.ts";
import type { ReadConfig } from "../sources/config-file.ts";
import type { ConfigFiles } from "../sources/config-files.ts";
import { parseYamlConfig } from "../sources/yaml-source.ts";

/** The files that a process goes by, whatever stands on the disk meanwhile. */
export interface ConfigSnapshot extends Pick<ConfigFiles, "user" | "project"> {
  /** The project whose file it holds; empty where it holds none. */
  readonly root: string;
}

const fileSchema = z.object({ path: z.string(), shownAs: z.string(), text: z.string() }).nullable();

const snapshotSchema = z.object({ root: z.string(), user: fileSchema, project: fileSchema });

/** A snapshot as a text that {@link readSnapshot} reads. */
export function toSnapshotText({ root, user, project }: ConfigSnapshot): string {
  return JSON.stringify({ root, user: toPlain(user), project: toPlain(project) });
}

/** @throws ConfigUnreadable (RGS-2002) */
export async function readSnapshot(path: string): Promise<ConfigSnapshot> {
  try {
    const { root, user, project } = snapshotSchema.parse(JSON.parse(await readFile(path, "utf8")));
    return { root, user: toRead(user), project: toRead(project) };
  } catch (failure) {
    throw configUnreadable(path, toMessage(failure), failure);
  }
}

function toPlain(file: ReadConfig | null): z.infer<typeof fileSchema> {
  if (file === null) return null;
  const { path, shownAs, text } = file;
  return { path, shownAs, text };
}

function toRead(file: z.infer<typeof fileSchema>): ReadConfig | null {
  return file === null ? null : { ...file, outcome: parseYamlConfig(file.text, file.shownAs) };
}
