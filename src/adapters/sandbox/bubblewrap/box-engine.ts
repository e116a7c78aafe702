import type { SandboxCommand, SandboxSpec } from "../../../ports/sandbox.ts";
import type { ProcessExit } from "../boxed-process.ts";
import type { SandboxEngine, Session } from "../command-sandbox.ts";
import { toEnd } from "../end.ts";
import type { RegooseError } from "../../../kernel/errors.ts";
import { createMachineBusy, saysBusy } from "../../../kernel/machine-busy.ts";
import { SandboxSetupFailed } from "../errors.ts";
import { createBoxLayout } from "./box-layout.ts";
import { startBox, type BoxHost, type StartedBox } from "./box-session.ts";
import { parseControl, type ControlReport } from "./control-channel.ts";

/** Name of this backend in reports. */
export const BUBBLEWRAP = "bubblewrap";

/** One bubblewrap sandbox; every command gets a box of its own. */
export function createBoxEngine(host: BoxHost, spec: SandboxSpec): SandboxEngine {
  const layout = createBoxLayout(spec);
  return {
    level: "namespace",
    backend: BUBBLEWRAP,
    outputBytes: spec.limits.outputBytes,
    pathOf: (name) => layout.pathOf(name),
    open: async (command) => toSession(await startBox(host, spec, layout, command), command),
    close: async () => {
      await host.cgroups?.idle();
    },
  };
}

function toSession(box: StartedBox, command: SandboxCommand): Session {
  return {
    process: box.process,
    resources: box.resources,
    toInside: (text) => text,
    toOutside: (text) => text,
    settle(exit) {
      const report = parseControl(exit.control);
      const ranOutOfMemory = box.cgroup?.hasRunOutOfMemory() ?? false;
      const files = new Map<string, { content: Buffer; truncated: boolean }>();
      for (const [index, file] of report.files) {
        const path = command.collect[index];
        if (path !== undefined) files.set(path, file);
      }
      return { end: judge(exit, report, ranOutOfMemory), files };
    },
  };
}

/** Tells the command's end from a failing set-up: only the latter has no mark that it started. */
function judge(
  exit: ProcessExit,
  report: ControlReport,
  ranOutOfMemory: boolean,
): ReturnType<typeof toEnd> {
  const wasStopped = exit.killedFor === "cancelled" || exit.killedFor === "killed";
  if (report.hasStarted || wasStopped) return toEnd(exit, report.exitCode, ranOutOfMemory);
  const said = report.setupFailure ?? exit.stderr.trim().slice(-2_000);
  const why = exit.killedFor === "setup-timed-out" ? "it was not ready in time" : said;
  throw createBoxFailed(why === "" ? describe(exit) : why);
}

function describe(exit: ProcessExit): string {
  return exit.signal === null ? `bwrap ended with ${exit.code ?? "?"}` : `bwrap got ${exit.signal}`;
}

function createBoxFailed(why: string): RegooseError {
  if (saysBusy(why)) return createMachineBusy(`the sandbox could not be built: ${why}`);
  const isFull = /No space left/iu.test(why);
  return new SandboxSetupFailed(
    `the sandbox could not be built: ${why}`,
    isFull
      ? "the project does not fit the work copy: raise its disk limit, or leave build output out"
      : "run `regoose doctor` to see what this machine lacks for a sandbox",
  );
}
