import type { Language } from "../../contract/language.ts";
import { toLexis } from "./lexis.ts";
import { maskText } from "./mask.ts";

/** The text without comments, blank lines, blanks at the ends of lines, and strings that go on over lines but for their first. */
export function normaliseText(text: string, { name }: Pick<Language, "name">): string {
  const masked = maskText(text, toLexis(name)).split("\n");
  return text
    .split("\n")
    .map((line, at) => line.slice(0, (masked[at] ?? "").trimEnd().length))
    .filter((line) => line.trim() !== "")
    .join("\n");
}
