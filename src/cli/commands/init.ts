import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { runCommand } from "./run-command.ts";
import { SHARED_FLAGS, toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

async function runInit(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { init } = await import("../../app/init.ts");
    const made = await init(toCwd(this, flags));
    return {
      data: made,
      failure: null,
      print: () => {
        const { project } = made;
        this.process.stdout.write(
          `wrote ${made.path}\nrunner ${project.runner}, ${project.packageManager}, ${project.system}, tests in ${project.testsFolder}/\nnext: regoose generate\n`,
        );
      },
    };
  });
}

export const initCommand: Command<CliContext> = buildCommand<SharedFlags, [], CliContext>({
  func: runInit,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: { brief: "Detect the project's set-up and write regoose.config.yaml" },
});
