import type { Language } from "../../contract/language.ts";
import { toLexis } from "../syntax/lexis.ts";
import { maskText } from "../syntax/mask.ts";
import type { SplitFile } from "./split-file.ts";
import { splitGo } from "./split-go.ts";
import { splitPython } from "./split-python.ts";

/** Title of a file that nobody can take apart: it is one test. */
export const WHOLE_FILE = "the whole file";

/** Takes a test file apart by its layout. Parses nothing, so that what does not build can be split as well. */
export function splitFile(text: string, { name, runner }: Language): SplitFile {
  const code = maskText(text, toLexis(name));
  switch (runner) {
    case "pytest":
      return splitPython(text, code);
    case "go-test":
      return splitGo(text, code);
    case "command":
      return {
        tests: [{ fullTitle: WHOLE_FILE, start: 0, end: text.length }],
        assertions: text.split("\n").filter((line) => CHECKS.test(line)),
      };
  }
}

/** Lines that check something, in most languages. */
const CHECKS =
  /\b(?:assert\w*|expect\w*|should\w*|check\w*|ok|is|isnt|is_deeply|die|fail\w*|throw\w*|raise|exit|error|test)\b/iu;
