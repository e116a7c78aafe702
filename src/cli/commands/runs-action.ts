import type { CliContext } from "../context.ts";
import { createUsageError } from "../errors.ts";
import { runCommand } from "./run-command.ts";
import type { RunsResetFlags, RunsShowFlags } from "./runs-flags.ts";
import { toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

/** `regoose runs list`. */
export async function runRunsList(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { listRuns } = await import("../../app/stored-runs.ts");
    const runs = await listRuns({ clock: this.clock }, toCwd(this, flags));
    return {
      data: { runs },
      failure: null,
      print: () => {
        if (runs.length === 0) this.process.stderr.write("no runs yet: type `regoose generate`\n");
        for (const run of runs) {
          const tests = run.tests === null ? "-" : String(run.tests);
          this.process.stdout.write(
            `${run.id}  ${run.outcome.padEnd(11)} ${tests.padStart(5)} tests  ${run.target}\n`,
          );
        }
      },
    };
  });
}

/** `regoose runs show RUN`. */
export async function runRunsShow(
  this: CliContext,
  flags: RunsShowFlags,
  run?: string,
): Promise<void> {
  if (flags.trace) {
    await runTraceShow(this, flags, run);
    return;
  }
  await runCommand(this, toStyle(this, flags), async () => {
    const { showRun } = await import("../../app/stored-runs.ts");
    const shown = await showRun({ clock: this.clock }, toCwd(this, flags), run ?? "latest");
    return {
      data: shown,
      failure: null,
      print: () => {
        this.process.stdout.write(`run ${shown.id}\n`);
        for (const event of shown.events) {
          this.process.stdout.write(
            `${event.at}  ${event.name.padEnd(20)} ${JSON.stringify(event.data)}\n`,
          );
        }
        for (const { agent, asked, answered, failed, tokens } of shown.agents) {
          this.process.stdout.write(
            `${agent}: asked ${asked}, answered ${answered}, failed ${failed}, ${tokens} tokens\n`,
          );
        }
        for (const { message, reply } of shown.messages) {
          this.process.stdout.write(`to ${message.to}: ${message.kind} → ${reply.kind}\n`);
        }
      },
    };
  });
}

/** `regoose runs show RUN --trace`. */
async function runTraceShow(
  context: CliContext,
  flags: RunsShowFlags,
  run: string | undefined,
): Promise<void> {
  const style = toStyle(context, flags);
  await runCommand(context, style, async () => {
    const { renderTrace, showTrace } = await import("../../app/stored-runs.ts");
    const shown = await showTrace({ clock: context.clock }, toCwd(context, flags), run ?? "latest");
    return {
      data: shown,
      failure: null,
      async print() {
        context.process.stdout.write(`run ${shown.id}\n${await renderTrace(shown.trace, style)}`);
        for (const problem of shown.problems) {
          context.process.stderr.write(`the trace is not whole: ${problem}\n`);
        }
      },
    };
  });
}

/** `regoose runs reset RUN`. */
export async function runRunsReset(
  this: CliContext,
  flags: RunsResetFlags,
  run?: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { resetRun } = await import("../../app/reset.ts");
    const done = await resetRun(
      { clock: this.clock },
      { run: run ?? "latest", cwd: toCwd(this, flags), from: flags.from ?? null },
    );
    return {
      data: done,
      failure: null,
      print: () => {
        this.process.stderr.write(
          `run ${done.runId}: forgot ${done.reset.join(", ")}; ${done.next} does them again\n`,
        );
      },
    };
  });
}

/** `regoose runs log-level RUN LEVELS`. */
export async function runRunsLogLevel(
  this: CliContext,
  flags: SharedFlags,
  run: string,
  levels: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { setLogLevels } = await import("../../app/log-levels.ts");
    const done = await setLogLevels(
      { clock: this.clock },
      { cwd: toCwd(this, flags), run, levels },
    );
    if (done.kind === "not-understood") throw createUsageError(done.problems.join("; "));
    const { runId, isRunning } = done;
    return {
      data: { runId, levels, isRunning },
      failure: null,
      print: () => {
        const when = isRunning ? "from now on" : "when it is resumed, since it does not run now";
        this.process.stderr.write(`run ${runId}: its log has the levels ${levels} ${when}\n`);
      },
    };
  });
}
