import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { EXIT } from "../src/cli/exit-codes.ts";
import { ERROR_ADVICE } from "../src/kernel/error-advice.ts";
import {
  ERROR_TABLE,
  toErrorFacts,
  type ErrorClass,
  type ErrorCode,
} from "../src/kernel/error-table.ts";

/** Draws `docs/errors.md` from the table of errors. Run as a script it writes the file. */
const ROOT = join(import.meta.dirname, "..");
export const ERROR_DOCS: string = join(ROOT, "docs", "errors.md");

/** What the class of an error says about the exit code; a signal's own codes stand beside 130. */
const CLASS_EXITS: Readonly<Record<ErrorClass, number>> = {
  user: EXIT.usage,
  configuration: EXIT.usage,
  permanent: EXIT.environment,
  transient: EXIT.tryLater,
  "rate-limited": EXIT.tryLater,
  defect: EXIT.defect,
  cancelled: EXIT.interrupted,
};

/** Why an exit code wins over that of the class. */
const EXIT_REASONS: Readonly<Record<number, string>> = {
  [EXIT.notMet]: "since the command did its work and the answer is no",
  [EXIT.authentication]: "since a model lacks a key or a library",
  [EXIT.provider]: "since a model's provider failed, also after retries",
  [EXIT.budget]: "since the budget is used up",
  [EXIT.environment]: "since the machine is to be looked at before the next try",
};

const INTRO = `# Errors

Every error that Regoose throws on purpose has a stable code and a readable name; its message says what happened, to which value, and its hint says what to do next. Anything else is a defect and appears as \`RGS-9001\`.

Under \`--json\` they stand in \`error.code\`, \`error.name\`, \`error.class\`, \`error.message\`, \`error.hint\`, and \`error.docs\` points into this page. Where there is something to say, \`error.causes\` lists what lies below it (at most five, nearest first), \`error.retryAfterMs\` says when to try again, \`error.sideEffect\` is \`maybe\` or \`done\` where something outside may have changed all the same, and \`error.correlationId\` names the outside call as the log of the run does.

The class says who has to act, and mostly decides the [exit code](exit-codes.md): \`user\` and \`configuration\` end with 2, \`permanent\` with 7, \`transient\` and \`rate-limited\` with 75, \`defect\` with 1, \`cancelled\` with 129, 130 or 143. Others of their class end with another code, because that says more: ${renderExceptions()}. HTTP is the status that a server answers with.

Only what is \`transient\` or \`rate-limited\` and has changed nothing outside is ever tried again, see [ADR 0010](adr/0010-errors-and-policies.md).

Under \`--json\`, \`ok\` is true exactly where the exit code is 0. An error does not take away what there is: \`data\` holds the same object as a success where a command came to its end (\`generate\` that kept nothing, \`verify\` of a suite that no longer holds, \`doctor\` with a problem), and what there was so far where \`generate\` was stopped or failed after it had candidates; \`suite\` then counts only what was written.

This page is drawn from \`src/kernel/error-table.ts\` and \`src/kernel/error-advice.ts\` by \`npm run docs\`.
`;

const SECTIONS: Readonly<Record<string, string>> = {
  1: "the target and stored runs",
  2: "usage and configuration",
  3: "the suite and loading",
  4: "language models",
  5: "the server",
  7: "sandbox and environment",
  9: "defects",
};

/** Codes whose exit code is not that of their class, by exit code. */
function renderExceptions(): string {
  const codes = (Object.keys(ERROR_TABLE) as ErrorCode[]).filter((code) => {
    const { class: errorClass, exit } = toErrorFacts(code);
    return exit !== CLASS_EXITS[errorClass];
  });
  const exits = [...new Set(codes.map((code) => toErrorFacts(code).exit))].sort((a, b) => a - b);
  return exits
    .map((exit) => {
      const own = codes.filter((code) => toErrorFacts(code).exit === exit);
      const list = new Intl.ListFormat("en").format(own.map((code) => `\`${code}\``));
      return `with ${exit}, ${EXIT_REASONS[exit] ?? ""}, ${list}`;
    })
    .join("; ");
}

/** The whole page, formatted as the repository's Markdown is. */
export async function renderErrorDocs(): Promise<string> {
  const codes = Object.keys(ERROR_TABLE).sort() as ErrorCode[];
  const users = listUsers();
  const digits = [...new Set(codes.map((code) => code.charAt(4)))];
  const sections = digits.map((digit) => {
    const own = codes.filter((code) => code.charAt(4) === digit);
    return renderSection(digit, own, users);
  });
  return format([INTRO, ...sections].join("\n"), { parser: "markdown", printWidth: 100 });
}

function renderSection(
  digit: string,
  codes: readonly ErrorCode[],
  users: readonly { readonly path: string; readonly text: string }[],
): string {
  const title = SECTIONS[digit];
  if (title === undefined) throw new Error(`RGS-${digit}xxx has no title in SECTIONS`);
  const files = users
    .filter(({ text }) => codes.some((code) => text.includes(`"${code}"`)))
    .map(({ path }) => `\`${path}\``);
  return [
    `## RGS-${digit}xxx: ${title}`,
    "",
    `Thrown by ${new Intl.ListFormat("en").format(files)}.`,
    "",
    "| code | name | class | exit | HTTP | when | what to do |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...codes.map(renderRow),
    "",
  ].join("\n");
}

function renderRow(code: ErrorCode): string {
  const { name, class: errorClass, exit, http } = toErrorFacts(code);
  const { when, next } = ERROR_ADVICE[code];
  const exits =
    errorClass === "cancelled" ? `${EXIT.hungUp}, ${exit}, ${EXIT.terminated}` : `${exit}`;
  const anchor = `<a id="${code.toLowerCase()}"></a>${code}`;
  return `| ${[anchor, name, errorClass, exits, http, when, next].join(" | ")} |`;
}

/** Sources that make errors, by path. */
function listUsers(): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/^(?:kernel.error|testing)/u.test(path))
    .sort()
    .map((path) => ({
      path: `src/${path}`,
      text: readFileSync(join(ROOT, "src", path), "utf8"),
    }));
}

if (import.meta.main) writeFileSync(ERROR_DOCS, await renderErrorDocs());
