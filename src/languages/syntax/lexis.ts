import type { Lexis } from "../../contract/language.ts";

type Quote = Lexis["strings"][number];

const short = (mark: string): Quote => ({
  ...{ open: mark, close: mark },
  ...{ isLong: false, hasEscapes: true },
});
const long = (open: string, close = open, hasEscapes = true): Quote => ({
  ...{ open, close },
  ...{ isLong: true, hasEscapes },
});

const QUOTES = [short('"'), short("'")];

const PYTHON: Lexis = {
  lineComments: ["#"],
  blockComments: [],
  strings: [long('"""'), long("'''"), ...QUOTES],
};

const SLASHES: Lexis = {
  lineComments: ["//"],
  blockComments: [["/*", "*/"]],
  strings: [long('"""'), long("`", "`", false), ...QUOTES],
};

/** Text between quotes may go on over lines in shells, Perl and Ruby. */
const HASH: Lexis = {
  lineComments: ["#"],
  blockComments: [
    ["\n=pod", "\n=cut"],
    ["\n=head", "\n=cut"],
    ["\n=begin", "\n=end"],
  ],
  strings: [long('"'), long("'")],
};

const DASHES: Lexis = {
  lineComments: ["--"],
  blockComments: [
    ["--[[", "]]"],
    ["{-", "-}"],
    ["/*", "*/"],
  ],
  strings: [long("[[", "]]", false), ...QUOTES],
};

const SEMICOLONS: Lexis = { lineComments: [";"], blockComments: [], strings: [long('"')] };
const PERCENT: Lexis = { lineComments: ["%"], blockComments: [], strings: QUOTES };

/** Of a language nobody knows, whatever may be a comment or a string is left alone. */
const UNKNOWN: Lexis = {
  lineComments: ["//", "#", "--"],
  blockComments: [["/*", "*/"]],
  strings: [long('"""'), ...QUOTES],
};

const FAMILIES: readonly (readonly [Lexis, readonly string[]])[] = [
  [PYTHON, ["python"]],
  [
    SLASHES,
    [
      ...["go", "c", "c++", "cpp", "csharp", "c#", "java", "kotlin", "scala", "swift", "rust"],
      ...["dart", "zig", "javascript", "typescript", "groovy", "d", "objective-c", "fsharp", "f#"],
    ],
  ],
  [HASH, ["perl", "ruby", "shell", "sh", "bash", "zsh", "awk", "tcl", "r", "julia", "elixir"]],
  [DASHES, ["lua", "haskell", "elm", "sql", "ada"]],
  [SEMICOLONS, ["lisp", "scheme", "clojure", "racket"]],
  [PERCENT, ["erlang", "prolog"]],
];

/** The lexis of a language by its name; a cautious one where the name is not known. */
export function toLexis(language: string): Lexis {
  return FAMILIES.find(([, names]) => names.includes(language))?.[0] ?? UNKNOWN;
}
