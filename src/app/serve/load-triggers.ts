import { readEnvironment } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import { toTriggerRules } from "../../config/server/trigger-rules.ts";
import type { TriggerRule } from "../../contract/triggers.ts";

/**
 * The rules of a server: the built-in ones, changed by the user's own file. A server belongs to no project, so that no
 * project's file is read.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function loadTriggers(stateFolder: string): Promise<readonly TriggerRule[]> {
  const { server } = await loadConfig({
    root: stateFolder,
    environment: readEnvironment(),
    flags: {},
  });
  return toTriggerRules(server.triggers);
}
