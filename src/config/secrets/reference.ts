import { Secret } from "../../kernel/secret.ts";

export type ReferenceKind = "env" | "file" | "cmd";

/**
 * Where a secret is to be found, or, for a header only, a literal text. The target is a secret too: people paste
 * keys into commands.
 */
export interface SecretReference {
  readonly kind: ReferenceKind | "literal";
  readonly target: Secret;
}

const REFERENCE = /^(env|file|cmd):(.*)$/s;

/** What a text refers to, or what is wrong with it. The problem never repeats the text: it may be a key. */
export function parseReference(
  text: string,
):
  | { readonly kind: "reference"; readonly reference: SecretReference }
  | { readonly kind: "invalid"; readonly problem: string } {
  const [, kind, target = ""] = REFERENCE.exec(text) ?? [];
  if (kind !== "env" && kind !== "file" && kind !== "cmd") {
    return invalid("has to be a reference: env:NAME, file:PATH or cmd:COMMAND, not the key itself");
  }
  if (kind === "env" && !/^[A-Za-z_]\w*$/.test(target))
    return invalid("env: has to be followed by the name of a variable, such as env:OPENAI_API_KEY");
  if (kind === "file" && !/^(?:\/|~\/)[^\0]+$/s.test(target))
    return invalid("file: has to be followed by an absolute path or ~/…");
  if (kind === "cmd" && splitCommand(target) === null)
    return invalid("cmd: has to be followed by a program and its arguments, with quotes closed");
  return { kind: "reference", reference: { kind, target: new Secret(target) } };
}

/** Whether a value is a reference to a secret, or a literal that is one. */
export function isReference(value: unknown): value is SecretReference {
  return (
    typeof value === "object" &&
    value !== null &&
    "target" in value &&
    value.target instanceof Secret
  );
}

function invalid(problem: string): { readonly kind: "invalid"; readonly problem: string } {
  return { kind: "invalid", problem };
}

/**
 * Program and arguments of a command line, without a shell: blanks separate, quotes and `\` keep together. Null
 * where a quote stays open or nothing is there. Who needs a shell names it: `cmd:sh -c 'a | b'`.
 */
export function splitCommand(text: string): readonly [string, ...string[]] | null {
  const token = /\s*((?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+)\s*/gsy;
  const words: string[] = [];
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) return null;
    words.push(unquote(found[1] ?? ""));
  }
  const [program, ...rest] = words;
  return program === undefined || program === "" || text.includes("\0") ? null : [program, ...rest];
}

function unquote(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? "",
  );
}
