import { join } from "node:path";

/** `~/a` → `/home/me/a`; other paths stay. */
export function expandHome(path: string, homeFolder: string): string {
  return path.startsWith("~/") ? join(homeFolder, path.slice(2)) : path;
}

/** `/home/me/a` → `~/a`, for people. */
export function shortenHome(path: string, homeFolder: string): string {
  return path.startsWith(`${homeFolder}/`) ? `~${path.slice(homeFolder.length)}` : path;
}
