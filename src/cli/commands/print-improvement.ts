import { createColors } from "picocolors";
import type { ImproveData } from "../../contract/improve.ts";
import type { OutputStyle, Streams } from "../output.ts";

/** Shows a diff on stdout. What a model wrote may steer a terminal, so control characters are shown, not sent. */
export function printDiff(streams: Streams, style: OutputStyle, diff: string): void {
  const colors = createColors(style.color);
  const lines = diff.split("\n").map((line) => {
    const shown = line.replaceAll(/(?!\t)\p{Cc}/gu, (mark) => JSON.stringify(mark).slice(1, -1));
    if (/^(?:diff |\+\+\+ |--- )/u.test(line)) return colors.bold(shown);
    if (line.startsWith("@@")) return colors.cyan(shown);
    if (line.startsWith("+")) return colors.green(shown);
    return line.startsWith("-") ? colors.red(shown) : shown;
  });
  streams.stdout.write(lines.join("\n"));
}

/** What the run came to, for people, on stderr. */
export function printImprovement(
  streams: Streams,
  style: OutputStyle,
  data: ImproveData,
  runFolder: string,
): void {
  const colors = createColors(style.color);
  const { validation, models, files } = data;
  const count = (number: number, one: string): string =>
    `${number} ${one}${number === 1 ? "" : "s"}`;
  const lines = [
    colors.bold(`improve: ${data.outcome}${data.ended === null ? "" : ` (${data.ended})`}`),
    ...(data.summary === "" ? [] : [`plan: ${data.summary}`]),
    ...files.map(({ path, kind, added, removed }) => `${kind}: ${path} (+${added} -${removed})`),
    `checked by: ${[
      validation.types === "checked" ? "the project's type check" : "no type check",
      count(validation.existingTests, "existing test"),
      count(validation.characterisationTests, "test") + " of what the code did before",
    ].join(", ")}`,
    ...validation.changedVerdicts.map(
      ({ fullTitle, verdict, detail }) => `changed behaviour: ${fullTitle} (${verdict}): ${detail}`,
    ),
    ...validation.changedTests.map(
      ({ file, kind, gone }) =>
        `changed test: ${file} (${kind})${gone.length === 0 ? "" : `; no longer there: ${gone.join(", ")}`}`,
    ),
    ...data.failures.map((failure) => `does not hold: ${failure}`),
    ...data.degradations.map((sentence) => `degraded: ${sentence}`),
    ...data.notes.map((sentence) => `note: ${sentence}`),
    `models: ${count(models.calls, "question")}, ${models.tokens} tokens, ${models.usd === null ? "price unknown" : `$${models.usd}`}`,
    ...toNext(data, runFolder),
  ];
  streams.stderr.write(`${lines.map(clean).join("\n")}\n`);
}

function toNext({ isApplied, runId, files }: ImproveData, runFolder: string): readonly string[] {
  if (files.length === 0) return [];
  return isApplied
    ? [`written; \`regoose improve --undo ${runId}\` puts everything back`]
    : [
        `your files are as they were; the changes stand in ${runFolder}/changes.patch`,
        `\`regoose improve --apply ${runId}\` writes them`,
      ];
}

const clean = (text: string): string => text.replaceAll(/[^\S\n]*\n\s*/gu, " | ");
