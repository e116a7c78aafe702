import { resolve } from "node:path";
import type { ProjectFolders } from "../../app/experiments/read-runs.ts";
import type { CliContext } from "../context.ts";
import type { ExperimentFlags } from "./experiment-flags.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose experiment list`. */
export async function runExperimentList(this: CliContext, flags: ExperimentFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { listExperiments } = await import("../../app/experiments/list-experiments.ts");
    const data = await listExperiments({ clock: this.clock }, toFolders(this, flags));
    return {
      data,
      failure: null,
      print: () => {
        for (const note of data.notes) this.process.stderr.write(`note: ${note}\n`);
        if (data.experiments.length === 0) this.process.stderr.write(NONE);
        for (const { name, state, flag, unit, runs, outcomes, variants } of data.experiments) {
          const deal = Object.entries(variants).map(([one, weight]) => `${one} ${String(weight)}`);
          this.process.stdout.write(
            `${name}  ${state}  ${flag}: ${deal.join(", ")} by ${unit}  ${String(runs)} runs, ${String(outcomes)} with an outcome\n`,
          );
        }
      },
    };
  });
}

const NONE =
  "no experiments: neither the configuration nor a run has one; docs/experiments.md says how to set one up\n";

/** `regoose experiment report NAME`. */
export async function runExperimentReport(
  this: CliContext,
  flags: ExperimentFlags,
  name: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { explainExperiment } = await import("../../app/experiments/report-experiment.ts");
    const folders = toFolders(this, flags);
    const { report, tooSmall } = await explainExperiment({ clock: this.clock }, folders, name);
    return {
      data: report,
      failure: tooSmall,
      print: async () => {
        const { renderExperiment } = await import("../../app/experiments/render-experiment.ts");
        this.process.stdout.write(renderExperiment(report));
        if (tooSmall !== null) {
          this.process.stderr.write(`${tooSmall.message}\n  next: ${tooSmall.hint}\n`);
        }
      },
    };
  });
}

function toFolders(context: CliContext, flags: ExperimentFlags): ProjectFolders {
  const also = (flags.project ?? []).map((folder) => resolve(context.cwd, folder));
  return { cwd: toCwd(context, flags), also };
}
