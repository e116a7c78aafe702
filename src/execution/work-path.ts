import type { ProjectInfo } from "../contract/project.ts";

/**
 * Where a host file of the project or its dependencies stands inside, relative to the work copy:
 * dependency folders keep their place relative to the project. Null for any other file.
 */
export function toWorkPath(project: ProjectInfo, hostPath: string): string | null {
  for (const { hostPath: folder, levelsUp } of project.dependencyFolders) {
    if (hostPath.startsWith(`${folder}/`)) {
      const below = hostPath.slice(folder.length + 1);
      return `${"../".repeat(levelsUp)}node_modules/${below}`;
    }
  }
  return hostPath.startsWith(`${project.root}/`) ? hostPath.slice(project.root.length + 1) : null;
}
