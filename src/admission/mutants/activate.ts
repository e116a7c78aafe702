import type { SourceOverlay } from "../../contract/mutant.ts";

/**
 * The mutant build with one mutant on once its modules have loaded, without a runner's help. The switch
 * stands at the end of each file: before it, a directive such as `"use strict"` would lose its place.
 */
export function activate(overlay: SourceOverlay, switchId: string): SourceOverlay {
  const line = `\n;(globalThis.__stryker__ ||= {}).activeMutant = ${JSON.stringify(switchId)};\n`;
  return Object.fromEntries(
    Object.entries(overlay).map(([path, content]) => [path, `${content}${line}`]),
  );
}
