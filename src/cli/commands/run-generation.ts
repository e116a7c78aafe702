import type { GenerateAnswer } from "../../app/generate-types.ts";
import type { GenerateOptions } from "../../app/generate/run-scope.ts";
import type { GenerateData } from "../../contract/envelope.ts";
import type { CliContext } from "../context.ts";
import type { OutputStyle } from "../output.ts";
import { toOutcomeFailure } from "./outcome.ts";
import { runCommand } from "./run-command.ts";
import { openRunOptions } from "./run-options.ts";

/** Runs what ends in a generate answer, with progress, and prints it. */
export async function runGeneration(
  context: CliContext,
  style: OutputStyle,
  work: (options: GenerateOptions) => Promise<GenerateAnswer>,
  print: (answer: GenerateAnswer) => void = () => undefined,
): Promise<void> {
  await runCommand<GenerateData>(context, style, async () => {
    const opened = openRunOptions(context, style);
    try {
      const answer = await work(opened.options);
      return {
        data: answer.data,
        failure: toOutcomeFailure(answer.data, context.signal),
        async print() {
          print(answer);
          const { renderAnswer } = await import("../../app/render-answer.ts");
          context.process.stderr.write(
            await renderAnswer(answer, { color: style.color, columns: style.columns }),
          );
        },
      };
    } finally {
      opened.end();
    }
  });
}
