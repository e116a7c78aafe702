import { FIXTURE_FILES } from "../../contract/program.ts";
import type { Random } from "../../kernel/random.ts";
import { pickWeighted, type ValueKit } from "./kit.ts";

/** Short texts that a person would write first. */
export const CANONICAL_TEXTS: readonly string[] = [
  "",
  "a",
  "abc",
  "hello",
  "hello world",
  "A",
  " ",
  "ab",
  "foo",
  "x",
  "Hello",
  "aa",
  "b",
];
const UNICODE: readonly string[] = [
  "é",
  "ñandú",
  "日本語",
  "😀",
  "👨‍👩‍👧",
  "e\u0301",
  "İ",
  "ß",
  "\u200b",
  "\ufeff",
  "ǅ",
  "Ω",
  "\u{1F1E9}\u{1F1EA}",
];
const WHITESPACE: readonly string[] = [
  "  ",
  "\n",
  "\t",
  " a ",
  "a b",
  "a\nb",
  "a\r\nb",
  "\n\n",
  "  a  b  ",
  "\ta",
  "a\tb",
  "\u00a0",
  "one two three",
];
const NUMBERS: readonly string[] = [
  "0",
  "1",
  "-1",
  "42",
  "1.5",
  "-0.5",
  "1e3",
  "0x1f",
  "1,000",
  "NaN",
  "Infinity",
  "007",
  "3.14",
  "100%",
  "10px",
  ".5",
  "1e-7",
  "1n",
  "1/2",
  "0b11",
];
export const DATES: readonly string[] = [
  "2020-01-01",
  "2020-01-01T00:00:00.000Z",
  "2024-02-29",
  "12/31/1999",
  "2020-13-45",
  "10:30",
  "Jan 1, 2020",
  "2020-06-15T12:30:00+02:00",
  "23:59:59",
  "1970-01-01",
];
export const URLS: readonly string[] = [
  "http://example.com",
  "https://example.com/a/b?x=1&y=2#z",
  "//example.com/a",
  "http://user:pw@example.com:8080/",
  "mailto:a@example.com",
  "/a/b?c=d",
  "https://sub.example.co.uk/path/",
  "http://localhost:3000",
  "ftp://example.com",
  "?a=1&b=2",
  "http://example.com/../a",
  "http://[::1]/",
  "#top",
  "javascript:void(0)",
  "data:text/plain,hi",
];
export const PATHS: readonly string[] = [
  ...Object.keys(FIXTURE_FILES).map((path) => path.replace(/\/$/, "")),
  "dir",
  "dir/sub",
  "missing.txt",
  "new/folder/file.txt",
  ".",
  "..",
  "./file.txt",
  "dir/../file.txt",
  "new.json",
  "out",
  "*.txt",
  "**/*.js",
  "dir/*",
  "/",
  "a/b/c.txt",
  "file",
  ".hidden",
  "dir\\nested.txt",
  "{a,b}.txt",
];
export const JSONS: readonly string[] = [
  "{}",
  "[]",
  '{"a":1}',
  "[1,2,3]",
  "null",
  '"a"',
  '{"a":{"b":[1,null]}}',
  "{bad",
  "true",
  '[{"id":1}]',
];
export const MARKUPS: readonly string[] = [
  "<p>hi</p>",
  '<a href="/x">link</a>',
  "<br>",
  "<b>a</b> & c",
  "<!-- c -->",
  "&lt;a&gt;",
  "<div class='a'><i>x</i></div>",
  "<a href='http://example.com/a'>1</a><a href='b.html'>2</a>",
  "<script>alert(1)</script>",
  "# Title\n\n- a\n- b\n",
  "**bold** and `code`",
  "<?xml version='1.0'?><a/>",
];
const MAILS: readonly string[] = ["a@b.co", "john.doe+tag@example.com", "@", "no-at.example.com"];
const NAMES: readonly string[] = [
  "camelCase",
  "snake_case",
  "kebab-case",
  "PascalCase",
  "CONSTANT_CASE",
  "a.b.c",
  "a[0].b",
  "__proto__",
  "constructor",
  "toString",
  "length",
  "a-b_c d",
  "$ref",
  "--flag",
  "-x",
  "--name=value",
  "user/repo",
  "1.2.3",
  "^1.2.3",
  "v2.0.0-beta.1",
];
const COLORS: readonly string[] = [
  "#fff",
  "#ff0000",
  "rgb(1, 2, 3)",
  "red",
  "hsl(120, 50%, 50%)",
  "#12345678",
];
const TEXTS: readonly string[] = [
  "The quick brown fox",
  "a,b,c",
  "a;b",
  "k=v",
  "a=1&b=2",
  "x: 1\ny: 2",
  '"quoted"',
  "it's",
  "a|b",
  "(a)",
  "[a]",
  "{a}",
  "$&",
  "\\",
  "a\\b",
  "%s %d",
  "%20",
  "${a}",
  "{{a}}",
  ":id",
  "/users/:id",
  "a+b",
  "1 + 2 * 3",
  "(1 + 2) * 3",
  "x^2",
  "2i",
  "1+2i",
  "i",
  "racecar",
  "lorem ipsum dolor sit amet, consectetur adipiscing elit",
  "a".repeat(64),
  "true",
  "false",
  "null",
  "undefined",
  "-",
  "--",
  "...",
  "0,1",
  "one\ntwo\nthree\n",
  "key: [1, 2]",
  "a => a",
  "function () {}",
];
const GROUPS: readonly (readonly string[])[] = [
  UNICODE,
  WHITESPACE,
  NUMBERS,
  DATES,
  URLS,
  PATHS,
  JSONS,
  MARKUPS,
  MAILS,
  NAMES,
  COLORS,
  TEXTS,
];
/** Weights of {@link GROUPS}. */
const GROUP_WEIGHTS: readonly number[] = [4, 5, 7, 4, 4, 4, 3, 4, 1, 5, 1, 12];
const SEPARATORS: readonly string[] = [
  "",
  " ",
  ",",
  ".",
  "/",
  "-",
  "_",
  ":",
  "\n",
  "=",
  ";",
  ", ",
  "|",
  "&",
  "+",
  "*",
];

/** A text of any shape. */
export function anyText(kit: ValueKit): string {
  const { random, pool } = kit;
  switch (pickWeighted(random, [26, 32, 12, 16, 8, 6])) {
    case 0:
      return random.pick(CANONICAL_TEXTS);
    case 1:
      return pool.string() ?? random.pick(CANONICAL_TEXTS);
    case 2:
      return pool.matching() ?? structuredText(random);
    case 3:
      return structuredText(random);
    case 4:
      return combinedText(kit);
    default:
      return randomText(random);
  }
}

/** A text of a well-known shape: a date, an address, a path, markup, a number, … */
export function structuredText(random: Random): string {
  return random.pick(GROUPS[pickWeighted(random, GROUP_WEIGHTS)] ?? TEXTS);
}

/** Pooled texts joined, wrapped or repeated. */
function combinedText(kit: ValueKit): string {
  const { random, pool } = kit;
  const part = (): string =>
    (random.chance(0.65) ? pool.string() : random.chance(0.5) ? pool.matching() : null) ??
    (random.chance(0.5) ? structuredText(random) : random.pick(CANONICAL_TEXTS));
  const first = part();
  if (random.chance(0.2)) return first.repeat(2 + random.int(2)).slice(0, 200);
  const separator = random.pick(SEPARATORS);
  return random.chance(0.3)
    ? [first, part(), part()].join(separator).slice(0, 300)
    : [first, part()].join(separator).slice(0, 300);
}

const ALPHABETS: readonly string[] = [
  "ab",
  "abcdefghijklmnopqrstuvwxyz",
  "0123456789",
  "aA1 ",
  "()[]{}",
  "+-*/^.0123456789i",
  "<>/=\"' a",
  ".,;:!? ",
  "01",
];

function randomText(random: Random): string {
  const alphabet = random.pick(ALPHABETS);
  const length = random.chance(0.8) ? 1 + random.int(8) : 1 + random.int(40);
  let text = "";
  for (let index = 0; index < length; index += 1)
    text += alphabet[random.int(alphabet.length)] ?? "";
  return text;
}
