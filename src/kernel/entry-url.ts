import { fileURLToPath } from "node:url";

/**
 * The path of a child-process entry file beside `importMetaUrl`, with the extension of the running
 * build: `.ts` from sources (Node strips the types), `.js` from `dist`.
 */
export function toEntryPath(importMetaUrl: string, relativeWithoutExtension: string): string {
  const extension = importMetaUrl.endsWith(".ts") ? ".ts" : ".js";
  return fileURLToPath(new URL(`${relativeWithoutExtension}${extension}`, importMetaUrl));
}

/** The root of the running code: `…/src` from sources, `…/dist` when built. */
export function toCodeRoot(): string {
  return fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
}
