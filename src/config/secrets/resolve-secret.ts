import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { toErrno } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import { secretUnavailable } from "../errors.ts";
import { expandHome } from "../paths.ts";
import { type SecretReference, splitCommand } from "./reference.ts";

/** How a command ended that was to print a secret. */
export type SecretCommandEnd =
  | { readonly kind: "ended"; readonly exitCode: number | null; readonly output: string }
  | { readonly kind: "not-started"; readonly why: string }
  | { readonly kind: "timed-out"; readonly afterMs: number }
  | { readonly kind: "too-much" };

export interface ResolveSecretDeps {
  readonly homeFolder: string;
  readonly readVariable: (name: string) => string | null;
  readonly runCommand: (
    command: readonly [string, ...string[]],
    options: { readonly cwd: string; readonly signal: AbortSignal },
  ) => Promise<SecretCommandEnd>;
}

const MAX_BYTES = 65_536;

/**
 * Fetches a secret from where its reference says; `key` names the setting in errors. Blanks and line ends around it
 * are dropped. A command runs in the user's home, without a shell.
 * @throws SecretUnavailable (RGS-2005)
 */
export async function resolveSecret(
  deps: ResolveSecretDeps,
  input: { readonly key: string; readonly reference: SecretReference },
  options: { readonly signal: AbortSignal },
): Promise<Secret> {
  options.signal.throwIfAborted();
  const { key, reference } = input;
  const { shownAs, text } = await fetchText(deps, reference, key, options);
  const trimmed = text.trim();
  if (trimmed === "") throw secretUnavailable(key, `${shownAs} is empty`, "Put the key there.");
  if (/\p{Cc}/u.test(trimmed))
    throw secretUnavailable(key, `${shownAs} has more than one line`, "Leave the key alone there.");
  return new Secret(trimmed);
}

interface FetchedText {
  readonly shownAs: string;
  readonly text: string;
}

async function fetchText(
  deps: ResolveSecretDeps,
  { kind, target }: SecretReference,
  key: string,
  options: { readonly signal: AbortSignal },
): Promise<FetchedText> {
  const place = target.reveal();
  switch (kind) {
    case "literal":
      return { shownAs: "the text", text: place };
    case "env": {
      const text = deps.readVariable(place);
      if (text !== null) return { shownAs: `variable ${place}`, text };
      throw secretUnavailable(
        key,
        `the variable ${place} is not set`,
        `Set ${place}, or change ${key}.`,
      );
    }
    case "file": {
      const path = expandHome(place, deps.homeFolder);
      return { shownAs: path, text: await readSecretFile(path, key) };
    }
    case "cmd":
      return runForText(deps, place, key, options);
  }
}

async function readSecretFile(path: string, key: string): Promise<string> {
  const fail = (why: string, cause?: unknown): never => {
    const errno = toErrno(cause);
    const reason =
      errno === "ENOENT" ? "is not there" : errno === "EACCES" ? "is not readable" : why;
    throw secretUnavailable(
      key,
      `${path} ${reason}`,
      `Make it a readable file of one line, or change ${key}.`,
    );
  };
  try {
    // Opened without waiting: a pipe without a writer would hold the command up for ever.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) return fail("is not a regular file");
    if (stats.size > MAX_BYTES) return fail("is larger than a key can be");
    return await handle.readFile("utf8");
  } catch (failure) {
    if (toErrno(failure) === undefined) throw failure;
    return fail("cannot be read", failure);
  }
}

async function runForText(
  deps: ResolveSecretDeps,
  line: string,
  key: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<FetchedText> {
  const command = splitCommand(line);
  // Only the program is named: people put keys into arguments.
  const shownAs = `command ${basename(command?.[0] ?? "")}`;
  const hint = "Type the command yourself to see what it says.";
  if (command === null)
    throw secretUnavailable(key, "the command cannot be read", "Close its quotes.");
  const end = await deps.runCommand(command, { cwd: deps.homeFolder, signal });
  switch (end.kind) {
    case "ended":
      if (end.exitCode === 0) return { shownAs, text: end.output };
      throw secretUnavailable(
        key,
        `${shownAs} ended with ${String(end.exitCode ?? "a signal")}`,
        hint,
      );
    case "not-started":
      throw secretUnavailable(key, `${shownAs} could not be started (${end.why})`, hint);
    case "timed-out":
      throw secretUnavailable(key, `${shownAs} took longer than ${end.afterMs / 1_000} s`, hint);
    case "too-much":
      throw secretUnavailable(key, `${shownAs} printed more than a key can be`, hint);
  }
}
