import type { GenerateOptions } from "../../app/generate/run-scope.ts";
import type { CliContext } from "../context.ts";
import type { OutputStyle } from "../output.ts";
import { createProgressPrinter } from "../progress.ts";

/** What a run tells while it goes on, printed as the style asks; `end` clears the live line. */
export function openRunOptions(
  context: CliContext,
  style: OutputStyle,
): { readonly options: GenerateOptions; end(): void } {
  const progress = createProgressPrinter({ clock: context.clock, streams: context.process }, style);
  const end = (): void => {
    progress.end();
  };
  return {
    end,
    options: {
      signal: context.signal,
      onProgress: (moment) => {
        progress.update(moment);
      },
      onLog: (text) => {
        end();
        context.writeLog(text);
      },
      onNotice: (line) => {
        end();
        if (!style.json) context.process.stderr.write(`${line}\n`);
      },
    },
  };
}
