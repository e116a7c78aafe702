import type { CliContext } from "../context.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

/** `regoose why RUN`. */
export async function runWhy(this: CliContext, flags: SharedFlags, run?: string): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { explainRun } = await import("../../app/why.ts");
    const told = await explainRun(
      { clock: this.clock },
      { run: run ?? "latest", cwd: toCwd(this, flags) },
    );
    return {
      data: told,
      failure: null,
      print: () => {
        const lines = told.causes.flatMap(({ summary, evidence, next }, index) => [
          `${String(index + 1)}. ${summary}`,
          ...evidence.map((line) => `     ${line}`),
          `   next: ${next}`,
        ]);
        this.process.stdout.write(`run ${told.runId}: ${told.outcome}\n${lines.join("\n")}\n`);
      },
    };
  });
}
