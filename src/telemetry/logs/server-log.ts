import { rename, stat } from "node:fs/promises";
import { join } from "node:path";

import type { Clock } from "../../kernel/clock.ts";
import { DisposeStack } from "../../kernel/dispose.ts";
import type { LogComponent, Logger } from "../../ports/telemetry.ts";
import { openLineFile } from "../line-file.ts";
import { createRedactor } from "../redact.ts";
import { parseLogLevels } from "./levels.ts";
import { createLogs } from "./logs.ts";

/** The log of a server. Disposing writes what is left. */
export interface ServerLog extends AsyncDisposable {
  logger(component: LogComponent): Logger;
  /** Counts from the next line on. @returns sentences on parts that are not understood */
  setLevels(text: string): readonly string[];
}

export const SERVER_LOG_FILE = "server.log.ndjson";
const OLDER_FILE = "server.1.log.ndjson";
/** Most that one file holds: a server that starts with a fuller one begins another, bytes. */
const FILE_BYTES = 32 * 1024 * 1024;

/** JSON lines in the server's folder, and on stderr where that is asked for. */
export async function openServerLog(
  deps: { readonly clock: Clock; readonly writeStderr: (text: string) => void },
  options: {
    readonly folder: string;
    readonly levels: string;
    readonly toStderr: boolean;
    readonly secrets: readonly string[];
  },
): Promise<ServerLog> {
  const owned = new DisposeStack();
  const path = join(options.folder, SERVER_LOG_FILE);
  await makeRoom(path, join(options.folder, OLDER_FILE));
  const file = owned.use(openLineFile(deps, path, { maxBytes: FILE_BYTES }));
  const { redact } = createRedactor(options.secrets);
  const logs = createLogs(
    {
      clock: deps.clock,
      redact,
      // A server has no trace of its own: each run has one.
      correlation: () => null,
      write: (line) => {
        file.write(line);
        if (options.toStderr) deps.writeStderr(`${line}\n`);
      },
    },
    { levels: parseLogLevels(options.levels).levels, base: { pid: process.pid } },
  );
  return {
    logger: (component) => logs.of(component),
    setLevels(text) {
      const { levels, problems } = parseLogLevels(text, "server.log");
      logs.setLevels(levels);
      return problems;
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function makeRoom(path: string, older: string): Promise<void> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size >= FILE_BYTES) await rename(path, older).catch(() => undefined);
}
