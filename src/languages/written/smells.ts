import type { RejectionReason } from "../../contract/candidate.ts";
import type { Language, LanguageRunner } from "../../contract/language.ts";
import { toLexis } from "../syntax/lexis.ts";
import { maskText } from "../syntax/mask.ts";
import { splitFile } from "./split.ts";

/** A sign in the text of a test that it is not worth keeping. */
interface Sign {
  readonly reason: RejectionReason;
  readonly detail: string;
  /** Where to look: code without comments and strings, or the text as it stands. */
  readonly where: "code" | "text";
  readonly pattern: RegExp;
}

const code = (reason: RejectionReason, detail: string, pattern: RegExp): Sign => ({
  ...{ reason, detail, where: "code", pattern },
});
const text = (reason: RejectionReason, detail: string, pattern: RegExp): Sign => ({
  ...{ reason, detail, where: "text", pattern },
});

/** For every language. The way out is first: who wrote that did not mean to test. */
const COMMON: readonly Sign[] = [
  code("sleeps", "it sleeps", /\b[Ss]leep\s*\(|\busleep\b|\bsleep\s+\d/u),
  text(
    "absolute-path",
    "it names an absolute path",
    /["'`](?:\/(?:home|root|Users|etc|tmp|var|usr|opt|proc|sys|dev|mnt)\b|[A-Z]:\\\\)/u,
  ),
];

const PYTHON: readonly Sign[] = [
  code(
    "reaches-outside",
    "it starts processes, connects, or loads code by name",
    /^[ \t]*(?:import|from)[ \t]+(?:subprocess|socket|ctypes|multiprocessing|urllib|http|requests|httpx|aiohttp|ftplib|smtplib|telnetlib|ssl|pty|signal|importlib|getpass|pwd|platform|builtins)\b|\b(?:__import__|eval|exec|compile)\s*\(/mu,
  ),
  code(
    "reaches-outside",
    "it reads the environment or drives the process",
    /\bos\.(?:environ|getenv|putenv|system|popen|exec\w*|spawn\w*|fork\w*|kill\w*|_exit|getlogin|getuid|uname)\b|\bfrom[ \t]+os[ \t]+import\b|\bsys\.(?:exit|modules|settrace|setprofile|argv|executable)\b|\bPath\.home\b|\bexpanduser\b/u,
  ),
  code(
    "tautology",
    "it asserts a constant",
    /^[ \t]*assert[ \t]+(?:True|not False|[1-9]\d*)\s*(?:,|$)/mu,
  ),
  code(
    "tautology",
    "it asserts a constant",
    /\bassertTrue\(\s*True\s*[,)]|\bassertFalse\(\s*False\s*[,)]/u,
  ),
  text(
    "tautology",
    "it compares a thing with itself",
    /^[ \t]*assert[ \t]+([^\n=]+?)[ \t]*==[ \t]*\1[ \t]*(?:,|#|$)/mu,
  ),
  text(
    "tautology",
    "it compares a thing with itself",
    /\bassertEqual\(\s*([^,()]+(?:\([^()]*\))?)\s*,\s*\1\s*\)/u,
  ),
  code(
    "unstable",
    "it takes chance or the clock for input",
    /\brandom\.\w+\(|\buuid\.uuid[14]\(|\bsecrets\.\w+|\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(|\btime\.(?:time|monotonic|perf_counter)\w*\(/u,
  ),
  code(
    "over-mocked",
    "it replaces parts of the code under test",
    /\bmock\.patch\b|@patch\b|\bpatch\.object\b|\bmonkeypatch\.setattr\b|\bmocker\.patch\b/u,
  ),
];

const GO: readonly Sign[] = [
  text(
    "reaches-outside",
    "it starts processes, connects, or leaves the language",
    /^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"(?:os\/exec|os\/user|os\/signal|net|net\/[\w/]+|syscall|unsafe|plugin|C|runtime\/debug|golang\.org\/x\/sys[\w/]*)"/mu,
  ),
  code(
    "reaches-outside",
    "it reads the environment or ends the process",
    /\bos\.(?:Getenv|LookupEnv|Environ|Setenv|Exit|StartProcess|FindProcess|Getuid|Hostname|UserHomeDir|Args)\b|\bt\.Setenv\b/u,
  ),
  code("tautology", "it asserts a constant", /\bif[ \t]+(?:false|!true)\b/u),
  text(
    "tautology",
    "it compares a thing with itself",
    /\bif[ \t]+([\w.]+(?:\([^()]*\))?)[ \t]*!=[ \t]*\1[ \t]*\{/u,
  ),
  code(
    "unstable",
    "it takes chance or the clock for input",
    /\brand\.\w+\(|\btime\.(?:Now|Since)\(/u,
  ),
];

const ANY: readonly Sign[] = [
  text(
    "reaches-outside",
    "it starts processes, connects, or reads the environment",
    /\bIO::Socket\b|\bsocket\b|\bos\.(?:getenv|execute)\b|\bio\.popen\b|%ENV\b|\$ENV\b|\bENV\[|\bqx[{(/]|\bsystem[ (]|\bcurl\b|\bwget\b|\/dev\/tcp\b/u,
  ),
];

const SIGNS: Readonly<Record<LanguageRunner, readonly Sign[]>> = {
  pytest: [...PYTHON, ...COMMON],
  "go-test": [...GO, ...COMMON],
  command: [...ANY, ...COMMON],
};

/** One printed test, and the file around it without the other tests. */
export interface SmellInput {
  readonly source: string;
  readonly around: string;
}

/** The first sign in the text of one test that speaks against it, or null. */
export function findTextSmell(
  { source, around }: SmellInput,
  language: Language,
): { readonly reason: RejectionReason; readonly detail: string } | null {
  const lexis = toLexis(language.name);
  const whole = { text: `${around}\n${source}`, code: maskText(`${around}\n${source}`, lexis) };
  const own = { text: source, code: maskText(source, lexis) };
  for (const { reason, detail, where, pattern } of SIGNS[language.runner]) {
    // Imports and helpers stand around the test; what they reach, it reaches.
    const seen = reason === "reaches-outside" ? whole[where] : own[where];
    const found = pattern.exec(seen);
    if (found !== null) return { reason, detail: `${detail}: ${found[0].trim().slice(0, 80)}` };
  }
  // Of a language nobody knows, only a mutant can tell whether something is asserted.
  const isSilent =
    language.runner !== "command" && splitFile(source, language).assertions.length === 0;
  return isSilent ? { reason: "no-assertion", detail: "it asserts nothing" } : null;
}
