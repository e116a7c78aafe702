import type { FormatterInfo } from "../contract/project.ts";
import { toSentence } from "../contract/to-sentence.ts";
import { toMessage } from "../kernel/errors.ts";
import type { FormatFiles } from "../ports/project-tools.ts";
import { runTool, toToolProblem, type ToolHost } from "./project-tool.ts";
import { toWorkPath } from "./work-path.ts";

export interface FormatterOptions {
  readonly formatter: FormatterInfo;
  /** Most time that the next call may take, ms. */
  readonly limitMs: () => number;
  /** Told once, when the formatter turns out not to work. */
  readonly onNote: (sentence: string) => void;
}

/**
 * The project's own formatter, run in the sandbox: one process for all files of a call, none for
 * texts seen before. One that fails or is slow is not asked again; its files stay as they are.
 */
export function createFormatter(host: ToolHost, options: FormatterOptions): FormatFiles {
  const { name } = options.formatter;
  const known = new Map<string, string>();
  const bin = toWorkPath(host.project, options.formatter.binPath);
  let isOff = false;
  const giveUp = (problem: string): void => {
    isOff = true;
    options.onNote(toSentence("suite-unformatted", { formatter: name, why: problem }));
  };
  return async (files, { signal }) => {
    signal.throwIfAborted();
    const open = Object.entries(files).filter(([path, text]) => !known.has(toKey(path, text)));
    if (open.length > 0 && !isOff) {
      try {
        const found = await format({ ...options, host, bin, signal }, Object.fromEntries(open));
        if (typeof found === "string") giveUp(found);
        else for (const [path, text] of open) known.set(toKey(path, text), found.get(path) ?? text);
      } catch (thrown) {
        signal.throwIfAborted();
        giveUp(toMessage(thrown));
      }
    }
    signal.throwIfAborted();
    return Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, known.get(toKey(path, text)) ?? text]),
    );
  };
}

function toKey(path: string, text: string): string {
  return `${path}\n${text}`;
}

interface FormatDeps extends FormatterOptions {
  readonly host: ToolHost;
  readonly bin: string | null;
  readonly signal: AbortSignal;
}

/** Formatted texts by path, or why there are none. */
async function format(
  { host, formatter, bin, limitMs, signal }: FormatDeps,
  files: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string> | string> {
  if (bin === null) return "it stands outside the project's dependencies";
  // Biome's script starts a native program.
  if (formatter.name === "biome" && host.sandboxes.level !== "namespace") {
    return `it cannot run at the sandbox level ${host.sandboxes.level}`;
  }
  const paths = Object.keys(files);
  const timeoutMs = limitMs();
  if (timeoutMs <= 0) return "no time was left for it";
  const result = await runTool(
    host,
    { files, script: [bin, ...FLAGS[formatter.name], ...paths], timeoutMs, collect: paths },
    { signal },
  );
  const problem = toToolProblem(result, timeoutMs, [0]);
  if (problem !== null) return problem;
  return new Map(
    [...result.files]
      .filter(([, { truncated }]) => !truncated)
      .map(([path, { content }]) => [path, content.toString("utf8")]),
  );
}

/** The copy is no repository, and files that the project leaves alone are no error. */
const FLAGS: Readonly<Record<FormatterInfo["name"], readonly string[]>> = {
  prettier: ["--write", "--log-level=warn", "--no-error-on-unmatched-pattern"],
  biome: ["format", "--write", "--vcs-enabled=false", "--no-errors-on-unmatched"],
};
