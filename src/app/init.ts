import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { detectProject } from "../analysis/detect-project.ts";
import { renderDefaultConfig } from "../config/default-config.ts";
import type { ProjectInfo } from "../contract/project.ts";
import { RegooseError, toErrno } from "../kernel/errors.ts";

const CONFIG_FILE = "regoose.config.yaml";

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
    await writeFile(path, renderDefaultConfig(project), { flag: "wx" });
  } catch (failure) {
    if (toErrno(failure) !== "EEXIST") throw createUnwritable(path, failure);
    throw new RegooseError("RGS-2024", `${path} is there already`, {
      hint: "edit it, or remove it and run init again",
    });
  }
  return { path, project };
}

function createUnwritable(path: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-7012", `cannot write ${path} (${toErrno(cause) ?? String(cause)})`, {
    hint: "make the project folder writable",
    cause,
  });
}
