import type { CliContext } from "../context.ts";
import type { ReportCommandFlags } from "./report-flags.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose report RUN`. */
export async function runReport(
  this: CliContext,
  flags: ReportCommandFlags,
  run?: string,
): Promise<void> {
  const style = toStyle(this, flags);
  await runCommand(this, style, async () => {
    const { renderStoredReport } = await import("../../app/stored-runs.ts");
    const report = await renderStoredReport(
      { clock: this.clock },
      {
        run: run ?? "latest",
        cwd: toCwd(this, flags),
        format: flags.format,
        color: style.color,
        columns: style.columns,
      },
    );
    return {
      data: { runId: report.runId, format: flags.format, content: report.content },
      failure: null,
      print: () => {
        this.process.stdout.write(report.content);
      },
    };
  });
}
