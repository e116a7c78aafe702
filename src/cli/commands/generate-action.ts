import { resolve } from "node:path";
import type { GenerateAnswer, GenerateRequest } from "../../app/generate-types.ts";
import type { CliContext } from "../context.ts";
import type { GenerateCommandFlags } from "./generate-flags.ts";
import { toModelFlags } from "./model-flags.ts";
import { runGeneration } from "./run-generation.ts";
import { toTypedSettings } from "./setting-flags.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose generate`. */
export async function runGenerate(
  this: CliContext,
  flags: GenerateCommandFlags,
  ...targets: readonly string[]
): Promise<void> {
  await runGeneration(
    this,
    toStyle(this, flags),
    async (options) => {
      const { generate } = await import("../../app/generate.ts");
      const request = await toRequest(this, flags, targets);
      const answer = await generate({ clock: this.clock, version: this.version }, request, options);
      if (flags.bugsOut !== undefined) {
        const { writeBugs } = await import("../../app/write-bugs.ts");
        await writeBugs(answer, resolve(request.cwd, flags.bugsOut));
      }
      return answer;
    },
    (answer) => {
      if (flags.code !== undefined && flags.out === undefined) printFiles(this, answer);
    },
  );
}

async function toRequest(
  context: CliContext,
  flags: GenerateCommandFlags,
  targets: readonly string[],
): Promise<GenerateRequest> {
  const { code } = flags;
  const cwd = toCwd(context, flags);
  const { maxTime, ...settings } = toTypedSettings(flags);
  const isStdin = targets.length === 1 && targets[0] === "-";
  return {
    targets: isStdin ? [] : targets,
    code: code ?? (isStdin ? await context.readStdin() : null),
    cwd,
    issue: flags.issue === undefined ? undefined : await loadIssue(resolve(cwd, flags.issue)),
    models: await toModelFlags(flags),
    flags: {
      ...settings,
      maxTimeMs: maxTime,
      profile: flags.profile,
      dryRun: flags.dryRun,
    },
  };
}

async function loadIssue(path: string): Promise<string> {
  const { readIssue } = await import("../../app/read-issue.ts");
  return await readIssue(path);
}

function printFiles(context: CliContext, { files }: GenerateAnswer): void {
  for (const content of Object.values(files)) context.process.stdout.write(content);
}
