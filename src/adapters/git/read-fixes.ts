import { stat } from "node:fs/promises";
import { dirname, join, posix, relative, sep } from "node:path";

import type { SandboxBackend, SandboxLimits } from "../../ports/sandbox.ts";

/** Fixes of one file, newest first. */
export interface FileFixes {
  /** Project-relative. */
  readonly file: string;
  /** Subject and difference of each. */
  readonly fixes: readonly string[];
}

const GIT = "/usr/bin/git";
const MIB = 1024 * 1024;
const LIMITS: SandboxLimits = {
  memoryBytes: 1024 * MIB,
  totalMemoryBytes: 2048 * MIB,
  processes: 16,
  fileBytes: MIB,
  workBytes: 16 * MIB,
  outputBytes: 4 * MIB,
};
const LIMIT_MS = 20_000;
const MOST_COMMITS = 60;
/** Fixes of a file that are shown, and characters of each. */
export const MOST_FIXES = 6;
export const MOST_LENGTH = 1_500;
const MOST_PATHS = 200;

/**
 * A repository may come from anybody, and its configuration names programs: for hooks, monitors, signatures,
 * differences, transports. None of them is asked for, and all of it runs in the sandbox, on a read-only view.
 */
const HARMLESS = [
  ...["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c", "core.sshCommand=false"],
  ...["-c", "protocol.allow=never", "-c", "gpg.program=false", "-c", "core.pager=cat"],
  ...["-c", "core.attributesFile=/dev/null", "-c", "log.mailmap=false"],
  ...["--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"],
];
const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_NO_LAZY_FETCH: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
};
/** Between commits; stands in no subject, for it is no text. */
const MARK = "\u0001commit ";

/**
 * What the project's history says was mended in some of its files: commits whose subject speaks of a fix, with what
 * they changed there. Files that were mended most come first. Empty where there is no history, no git, or no answer.
 */
export async function readFixes(
  sandboxes: Pick<SandboxBackend, "create">,
  project: { readonly root: string; readonly files: readonly string[] },
  options: { readonly signal: AbortSignal },
): Promise<readonly FileFixes[]> {
  const repository = await findRepository(project.root);
  if (repository === null || project.files.length === 0) return [];
  const { gitFolder, prefix } = repository;
  const paths = project.files.slice(0, MOST_PATHS).map((file) => posix.join(prefix, file));
  await using sandbox = await sandboxes.create({
    ...{ layers: [], dependencies: [], limits: LIMITS },
    mounts: [{ hostPath: gitFolder, name: "history" }],
  });
  const result = await sandbox.run(
    {
      argv: [
        GIT,
        ...HARMLESS,
        `--git-dir=${sandbox.pathOf("history")}`,
        `--work-tree=${sandbox.pathOf("work")}`,
        ...["log", `--max-count=${MOST_COMMITS}`, "--no-merges", "-i", "-E"],
        "--grep=(^|[^a-z])(fix|fixes|fixed|bug|bugfix|regression|mend|correct|wrong|crash)",
        ...[`--format=%x01commit %s`, "-p", "-U2", "--no-color", "--no-renames"],
        ...["--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes"],
        ...["--", ...paths],
      ],
      env: ENVIRONMENT,
      timeoutMs: LIMIT_MS,
      ...{ collect: [], collectBytes: 0 },
    },
    options,
  );
  const isRead = result.end.kind === "exited" && result.end.code === 0;
  // A long history is cut at the limit on output; what came until then is as good.
  if (!isRead && result.end.kind !== "output-exceeded") return [];
  return toFixes(result.stdout, prefix, project.files);
}

/** The folder `.git` of the project, or of a folder above it. A link to another place is not followed. */
export async function findRepository(
  root: string,
): Promise<{ readonly gitFolder: string; readonly prefix: string } | null> {
  for (let folder = root; ; folder = dirname(folder)) {
    const gitFolder = join(folder, ".git");
    const isThere = await stat(gitFolder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isThere) return { gitFolder, prefix: relative(folder, root).split(sep).join("/") };
    if (dirname(folder) === folder) return null;
  }
}

/** Reads the output of `git log -p` as hostile input. */
export function toFixes(
  output: string,
  prefix: string,
  files: readonly string[],
): readonly FileFixes[] {
  const found = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const commit of output.split(MARK).slice(1)) {
    const [subject = "", ...rest] = commit.split("\n");
    for (const part of rest
      .join("\n")
      .split(/^diff --git /mu)
      .slice(1)) {
      const path = /^\+\+\+ b\/(.+)$/mu.exec(part)?.[1]?.trimEnd() ?? "";
      const fixes = found.get(prefix === "" ? path : path.slice(prefix.length + 1));
      const start = part.search(/^@@ /mu);
      if (fixes === undefined || start < 0 || fixes.length >= MOST_FIXES) continue;
      fixes.push(`${subject}\n${part.slice(start)}`.slice(0, MOST_LENGTH).trimEnd());
    }
  }
  return [...found]
    .filter(([, fixes]) => fixes.length > 0)
    .map(([file, fixes]) => ({ file, fixes }))
    .sort((a, b) => b.fixes.length - a.fixes.length);
}
