import { once } from "node:events";
import { resolve } from "node:path";
import { RegooseError } from "../../kernel/errors.ts";
import type { RunningServer } from "../../server/start-server.ts";
import type { CliContext } from "../context.ts";
import { runCommand } from "./run-command.ts";
import type { ServeCommandFlags } from "./serve-flags.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose serve`: says where it listens, works until a signal comes, and ends with 0 when all is put away. */
export async function runServe(this: CliContext, flags: ServeCommandFlags): Promise<void> {
  const server = await start(this, flags);
  if (server === null) return;
  // The one object of --json is out: what goes wrong from here on is said in words.
  const spoken = toSpoken(this);
  await runCommand(spoken, { json: false }, async () => {
    try {
      await server.recovered;
      if (!this.signal.aborted) await once(this.signal, "abort");
    } finally {
      await server.stop(this.signal.reason);
    }
    // Asked by a signal it stopped and did well; a defect is one however it ended.
    const why: unknown = this.signal.reason;
    if (why instanceof RegooseError && why.errorClass === "defect") throw why;
    return { data: {}, failure: null, print: () => undefined };
  });
  this.process.exitCode = spoken.process.exitCode ?? null;
}

/** The same command, which speaks on stderr under `--json` too, where messages are held back else. */
function toSpoken(context: CliContext): CliContext {
  const stderr = {
    write: (text: string) => {
      context.writeLog(text);
    },
  };
  return { ...context, process: { stdout: context.process.stdout, stderr, exitCode: null } };
}

/** Null where it could not be started, which is said then. */
async function start(context: CliContext, flags: ServeCommandFlags): Promise<RunningServer | null> {
  let started: RunningServer | null = null;
  await runCommand(context, toStyle(context, flags), async () => {
    const { startServer } = await import("../../server/start-server.ts");
    const { host, port, concurrency, queue } = flags;
    const cwd = toCwd(context, flags);
    const state = flags.state === undefined ? undefined : resolve(cwd, flags.state);
    const server = await startServer(context.clock, {
      cwd,
      flags: { host, port, concurrency, queue, state },
      onNotice(line) {
        // Under --json too: the server goes on when its one object is out.
        if (!flags.quiet) context.writeLog(`${line}\n`);
      },
      onLog(text) {
        context.writeLog(text);
      },
    });
    started = server;
    const token = server.token.reveal();
    return {
      data: { url: server.url, port: server.port, token, pid: process.pid },
      failure: null,
      print: () => {
        context.process.stdout.write(`regoose serves at ${server.url} with the token ${token}\n`);
      },
    };
  });
  return started;
}
