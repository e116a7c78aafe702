import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { detectProject } from "../analysis/detect-project.ts";
import { renderDefaultConfig } from "../config/default-config.ts";
import type { ProjectInfo } from "../contract/project.ts";
import { RegooseError, toErrno } from "../kernel/errors.ts";
import { createConfigUnwritable } from "./errors.ts";

export const CONFIG_FILE = "regoose.config.yaml";
const SCHEMA_FILE = "regoose/schema/regoose.config.schema.json";

/**
 * Detects the project around `cwd` and writes its configuration.
 * @throws ConfigExists (RGS-2024) rather than overwrite
 */
export async function init(
  cwd: string,
): Promise<{ readonly path: string; readonly project: ProjectInfo }> {
  const project = await detectProject({ path: cwd });
  const path = join(project.root, CONFIG_FILE);
  try {
    await writeFile(path, renderConfigFor(project), { flag: "wx" });
  } catch (failure) {
    if (toErrno(failure) !== "EEXIST") throw createConfigUnwritable(path, failure);
    throw new RegooseError("RGS-2024", `${path} is there already`, {
      hint: "edit it, or remove it and run init again",
    });
  }
  return { path, project };
}

/** The text that `init` writes for a project. */
export function renderConfigFor(project: ProjectInfo): string {
  return renderDefaultConfig(project, findSchema(project.root));
}

/** The schema of the version that the project has installed, else the published one. */
function findSchema(root: string): string {
  const installed = join("node_modules", SCHEMA_FILE);
  return existsSync(join(root, installed)) ? `./${installed}` : `https://unpkg.com/${SCHEMA_FILE}`;
}
