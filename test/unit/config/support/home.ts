import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment } from "../../../../src/config/environment.ts";
import type { PartialConfig } from "../../../../src/config/keys.ts";
import { type LoadedConfig, loadConfig } from "../../../../src/config/load-config.ts";
import { RegooseError } from "../../../../src/kernel/errors.ts";

/** A throw-away machine: a home with the user's own file, and a project in it. */
export interface ConfigHome extends AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  /** Writes the project's file. */
  project(text: string | Uint8Array, name?: string): Promise<void>;
  /** Writes the user's own file. */
  user(text: string): Promise<void>;
  load(
    flags?: PartialConfig & { readonly profile?: string },
    variables?: Readonly<Record<string, string>>,
  ): Promise<LoadedConfig>;
}

export async function aConfigHome(): Promise<ConfigHome> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-config-"));
  const root = join(folder, "project");
  await mkdir(root);
  await mkdir(join(folder, ".config", "regoose"), { recursive: true });
  return {
    folder,
    root,
    project: (text, name = "regoose.config.yaml") => writeFile(join(root, name), text),
    user: (text) => writeFile(join(folder, ".config", "regoose", "config.yaml"), text),
    load: ({ profile, ...flags } = {}, variables = {}) =>
      loadConfig({
        root,
        environment: readEnvironment({ HOME: folder, ...variables }),
        flags,
        profile,
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The error of a promise that has to fail with one. */
export async function failureOf(pending: Promise<unknown>): Promise<RegooseError> {
  const thrown: unknown = await pending.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof RegooseError) return thrown;
  throw new Error(`expected an error, got ${String(thrown)}`);
}
