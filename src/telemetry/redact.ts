/** Takes secrets out of a text; idempotent, and leaves JSON what it is. */
export type Redact = (text: string) => string;

export interface Redactor {
  readonly redact: Redact;
  /** Makes a value a secret from now on. Values shorter than 8 characters are not: they would be everywhere. */
  register(secret: string): void;
}

const MASK = "[redacted]";
const LEAST_LENGTH = 8;

/** Prefixes and forms that keys of well-known services have. */
const KNOWN_KEYS =
  /\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|npm_\w{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/gu;

const PRIVATE_KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?=")|$)/gu;

const SECRET_WORDS =
  "(?:token|secret|passwd|password|passphrase|authorization|api[_-]?key|cookie|credential)";

/** A field of JSON with such a name, whatever its text is. */
const SECRET_FIELD = new RegExp(
  String.raw`("[\w.-]*${SECRET_WORDS}s?"\s*:\s*)"(?:[^"\\]|\\.)*"`,
  "giu",
);

/** `password=…`, `Authorization: Bearer …` in the middle of a text. */
const SECRET_SETTING = new RegExp(
  String.raw`(\b[\w-]*${SECRET_WORDS}\s*[=:]\s*(?:bearer\s+|basic\s+)?)[^\s"'\\,;&\[]{6,}`,
  "giu",
);

/** Known secrets, in the spellings in which they travel, and what looks like one. */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const spellings = new Set<string>();
  let known: RegExp | null = null;
  const register = (secret: string): void => {
    if (secret.length < LEAST_LENGTH) return;
    for (const spelling of toSpellings(secret)) spellings.add(spelling);
    // The longest first, so that one secret within another leaves nothing of the longer one.
    const sorted = [...spellings].sort((left, right) => right.length - left.length);
    known = new RegExp(sorted.map(escapeForRegExp).join("|"), "gu");
  };
  for (const secret of secrets) register(secret);
  return {
    register,
    redact(text) {
      const masked = known === null ? text : text.replace(known, MASK);
      return masked
        .replace(KNOWN_KEYS, MASK)
        .replace(PRIVATE_KEY, MASK)
        .replace(SECRET_FIELD, `$1"${MASK}"`)
        .replace(SECRET_SETTING, `$1${MASK}`);
    },
  };
}

function toSpellings(secret: string): readonly string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret).toString("base64").replace(/=+$/u, ""),
    Buffer.from(secret).toString("base64url"),
  ];
}

/** `RegExp.escape` is not in Node 22. */
function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
