import type { ModelMessage, ResumeUnit } from "../../../contract/model/request.ts";

/** How much of a broken text is whole, in characters. */
export function findWholeLength(text: string, unit: ResumeUnit | undefined): number {
  switch (unit) {
    case undefined:
      return 0;
    case "line":
      return text.lastIndexOf("\n") + 1;
    case "fence": {
      // A fence that is closed, with its line end; an odd one is open.
      const fences = [...text.matchAll(/^```.*\n/gmu)];
      const last = fences.length % 2 === 0 ? fences.at(-1) : fences.at(-2);
      return last === undefined ? 0 : last.index + last[0].length;
    }
  }
}

/** Asks for the rest of an answer. */
export function askForRest(
  messages: readonly ModelMessage[],
  kept: string,
): readonly ModelMessage[] {
  if (kept === "") return messages;
  return [
    ...messages,
    { role: "assistant", text: kept },
    {
      role: "user",
      text: "The connection broke after the text above. Go on exactly where it ends, and repeat nothing of it.",
    },
  ];
}
