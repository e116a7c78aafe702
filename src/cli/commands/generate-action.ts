import type { GenerateAnswer, GenerateRequest } from "../../app/generate-types.ts";
import type { GenerateData } from "../../contract/envelope.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { CliContext } from "../context.ts";
import { createInterrupted, createNothingKept } from "../errors.ts";
import type { OutputStyle } from "../output.ts";
import { createProgressPrinter } from "../progress.ts";
import type { GenerateCommandFlags } from "./generate-flags.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose generate`. */
export async function runGenerate(
  this: CliContext,
  flags: GenerateCommandFlags,
  ...targets: readonly string[]
): Promise<void> {
  const style = toStyle(this, flags);
  await runCommand<GenerateData>(this, style, async () => {
    const { generate } = await import("../../app/generate.ts");
    const request = await toRequest(this, flags, targets);
    const progress = createProgressPrinter({ clock: this.clock, streams: this.process }, style);
    try {
      const answer = await generate({ clock: this.clock, version: this.version }, request, {
        signal: this.signal,
        onProgress: (moment) => {
          progress.update(moment);
        },
        onNotice: (line) => {
          progress.end();
          if (!style.json) this.process.stderr.write(`${line}\n`);
        },
      });
      return {
        data: answer.data,
        failure: toOutcomeFailure(answer.data, this.signal),
        print: () => print(this, style, flags, answer),
      };
    } finally {
      progress.end();
    }
  });
}

async function toRequest(
  context: CliContext,
  flags: GenerateCommandFlags,
  targets: readonly string[],
): Promise<GenerateRequest> {
  const { code } = flags;
  const isStdin = targets.length === 1 && targets[0] === "-";
  return {
    targets: isStdin ? [] : targets,
    code: code ?? (isStdin ? await context.readStdin() : null),
    cwd: toCwd(context, flags),
    flags: {
      engine: flags.engine,
      maxTimeMs: flags.maxTime,
      maxExecutions: flags.maxExecutions,
      seed: flags.seed,
      workers: flags.workers,
      framework: flags.framework,
      out: flags.out,
      baseline: flags.baseline,
      sandbox: flags.sandbox,
      reruns: flags.reruns,
      dryRun: flags.dryRun,
    },
  };
}

/** What a run's ending means to a script: see `docs/exit-codes.md`. Null for a success. */
export function toOutcomeFailure(
  data: Pick<GenerateData, "runId" | "outcome" | "candidates">,
  signal: AbortSignal,
): RegooseError | null {
  switch (data.outcome) {
    case "succeeded":
    case "degraded":
      return null;
    case "failed":
      return createNothingKept(data.runId, data.candidates.proposed);
    case "cancelled":
      return signal.reason instanceof RegooseError ? signal.reason : createInterrupted("SIGINT");
  }
}

async function print(
  context: CliContext,
  style: OutputStyle,
  flags: GenerateCommandFlags,
  answer: GenerateAnswer,
): Promise<void> {
  const { renderAnswer } = await import("../../app/render-answer.ts");
  if (flags.code !== undefined && flags.out === undefined) {
    for (const content of Object.values(answer.files)) context.process.stdout.write(content);
  }
  context.process.stderr.write(
    await renderAnswer(answer, { color: style.color, columns: style.columns }),
  );
}
