import type { ValueGene } from "../../contract/program.ts";
import {
  arrayGene,
  booleanGene,
  bytesGene,
  numberGene,
  NULL,
  objectGene,
  stringGene,
  UNDEFINED,
} from "./genes.ts";
import { MAX_DEPTH, pickWeighted, type ValueKit } from "./kit.ts";
import { anyCount, anyNumber } from "./numbers.ts";
import { anyText, DATES, JSONS, MARKUPS, PATHS, URLS } from "./texts.ts";

type Maker = (kit: ValueKit, depth: number) => ValueGene;

/**
 * A maker of values that suit a name as people use it, or null. Answers are kept for each name: the
 * same few names come again and again.
 */
export function makerForName(name: string): Maker | null {
  const known = cache.get(name);
  if (known !== undefined) return known;
  // `srcFile`, `src_file` and `SRC-FILE` alike become ` src file `.
  const words = ` ${name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[^A-Za-z0-9]+/g, " ")
    .trim()
    .toLowerCase()} `;
  const found = RULES.find(([pattern]) => pattern.test(words))?.[1] ?? null;
  if (cache.size < MAX_NAMES) cache.set(name, found);
  return found;
}

const MAX_NAMES = 5_000;
const cache = new Map<string, Maker | null>();

const text =
  (texts: readonly string[], share = 0.75): Maker =>
  (kit) =>
    stringGene(kit.random.chance(share) ? kit.random.pick(texts) : anyText(kit));

const ENCODINGS = ["utf8", "utf-8", "base64", "hex", "ascii", "latin1", "binary"];
const FLAGS = ["r", "w", "a", "r+", "w+", "i", "g", "gi", "m"];
const EVENTS = ["data", "error", "end", "change", "close", "open", "drain"];
const LOCALES = ["en", "en-US", "de", "fr-FR", "ja", "ar"];
const CODES = ["US", "DE", "GB", "EUR", "USD", "200", "E_FAIL"];
const KEYS = ["a", "b", "id", "name", "key", "length", "a.b", "0", "__proto__", "count", "list"];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"];
const UNITS = ["ms", "s", "day", "hours", "km", "px", "kb", "MB", "miles", "kilometers"];
const METHODS = ["GET", "POST", "get", "put", "DELETE"];

const date: Maker = (kit) => {
  switch (pickWeighted(kit.random, [55, 25, 15, 5])) {
    case 0:
      return {
        kind: "date",
        epochMs: kit.random.pick([0, 86_400_000, 1_577_836_800_000, 1_709_164_800_000, -1]),
      };
    case 1:
      return stringGene(kit.random.pick(DATES));
    case 2:
      return numberGene(kit.random.pick([0, 1_577_836_800_000, 1_609_459_199_999]));
    default:
      return { kind: "date", epochMs: "NaN" };
  }
};
const count: Maker = (kit) => numberGene(anyCount(kit));
const number: Maker = (kit) => numberGene(anyNumber(kit));
const flag: Maker = (kit) => booleanGene(kit.random.chance(0.6));
const callback: Maker = (kit, depth) => kit.callback(null, null, depth);
const regexp: Maker = (kit) =>
  kit.random.chance(0.6)
    ? { kind: "regexp", ...kit.random.pick(REGEXPS) }
    : stringGene(kit.random.pick(["a", "*", "\\d+", "[a-z]+", "^a", "a*b"]));
const REGEXPS = [
  { source: "a", flags: "" },
  { source: "\\d+", flags: "g" },
  { source: "[a-z]+", flags: "i" },
  { source: "^(\\w+)\\s*$", flags: "" },
  { source: "o", flags: "g" },
];
const buffer: Maker = (kit) => {
  const content = kit.random.pick(["", "a", "hello", "{}", "\u0000\u0001"]);
  return kit.random.chance(0.25)
    ? stringGene(content)
    : bytesGene(content, kit.random.pick(["Buffer", "Uint8Array", "ArrayBuffer"] as const));
};
const error: Maker = (kit) =>
  kit.random.chance(0.7)
    ? {
        kind: "error",
        type: kit.random.pick(["Error", "TypeError", "RangeError"] as const),
        message: "boom",
      }
    : kit.random.chance(0.5)
      ? NULL
      : stringGene("boom");
const promise: Maker = (kit, depth) =>
  kit.random.chance(0.75)
    ? { kind: "promise", value: kit.any(depth + 1) }
    : { kind: "rejected-promise", message: "boom" };
const list: Maker = (kit, depth) => anyList(kit, depth);
const matrix: Maker = (kit, depth) =>
  kit.random.chance(0.8) ? anyMatrix(kit) : anyList(kit, depth);
const points: Maker = (kit, depth) =>
  kit.random.chance(0.75) ? anyPoints(kit) : anyList(kit, depth);
const options: Maker = (kit, depth) =>
  kit.random.chance(0.08) ? UNDEFINED : anyObject(kit, depth);
const headers: Maker = (kit) =>
  kit.random.chance(0.5)
    ? objectGene([["content-type", stringGene("text/plain")]])
    : objectGene([
        ["X-A", stringGene("1")],
        ["Accept", stringGene("*/*")],
      ]);

/** Tried in order; patterns see words in lower case between blanks. */
const RULES: readonly (readonly [RegExp, Maker])[] = [
  [
    / (cb|callback|callbacks|done|next|fn|func|function|handler|listener|iteratee|iterator fn|predicate|comparator|compare|comparer|cmp|mapper|map fn|reducer|visitor|filter|test|transform|transformer|resolver|executor|onfulfilled|onrejected|hook|each|reviver|replacer|factory|accessor) $/,
    callback,
  ],
  [
    /^ (on|before|after|is|should) [a-z]+ $/,
    (kit, depth) => (kit.random.chance(0.5) ? callback(kit, depth) : flag(kit, depth)),
  ],
  [
    / (options|option|opts|opt|config|conf|settings|props|params|attributes|attrs|context|ctx|meta|defaults|query|env|state|data|body|payload|style|rules) $/,
    options,
  ],
  [/ headers? $/, headers],
  [/ (re|regex|regexp|pattern|glob|matcher) $/, regexp],
  [
    / (path|paths|file|filename|filepath|dir|directory|folder|dest|destination|src|source|root|cwd|target file|output|input file|base|basedir|pathname|archive) $/,
    text(PATHS, 0.85),
  ],
  [/ (url|uri|href|link|endpoint|location|origin|host|hostname|domain|address) $/, text(URLS)],
  [/ (encoding|enc|charset) $/, text(ENCODINGS)],
  [
    / (flag|flags|mode) $/,
    (kit, depth) => (kit.random.chance(0.5) ? text(FLAGS)(kit, depth) : flag(kit, depth)),
  ],
  [/ (date|time|timestamp|datetime|now|since|until|day|birthday|created at|updated at) $/, date],
  [/ (time ?zone|tz|zone) $/, text(ZONES)],
  [/ (locale|lang|language) $/, text(LOCALES)],
  [/ (country|currency|code|iso) $/, text(CODES)],
  [/ (unit|units) $/, text(UNITS)],
  [/ (event|event name|event type) $/, text(EVENTS)],
  [/ method $/, text(METHODS)],
  [/ (json) $/, text(JSONS)],
  [/ (html|xml|markup|markdown|md|template|dom|svg) $/, text(MARKUPS)],
  [/ (buf|buffer|bytes|chunk|binary|blob) $/, buffer],
  [/ (err|error|reason|exception) $/, error],
  [/ (promise|thenable|future) $/, promise],
  [/ (matrix|grid|rows|table|samples|vectors|training data|polygon) $/, matrix],
  [/ (points?|coords?|coordinates|pairs|entries|position|line|dataset|xy|edges) $/, points],
  [
    / (array|arr|list|items|values|elements|els|collection|args|arguments|numbers|nums|xs|ys|keys|names|words|tokens|files|children|nodes|ops|operations|stack|queue|vector|vec|population|sample|tags|parts|lines|path segments) $/,
    list,
  ],
  [
    / (count|n|num|size|length|len|limit|max|min|start|end|index|idx|i|j|k|offset|depth|level|width|height|step|times|amount|total|page|pos|begin|capacity|port|delay|ms|timeout|interval|retries|precision|digits|decimals|radix|concurrency|from index|skip|take|year|month|hour|minute|id) $/,
    count,
  ],
  [
    / (x|y|z|a|b|c|d|p|q|r|value|val|v|number|lat|latitude|lon|lng|longitude|angle|re|im|real|imag|mean|sigma|rate|ratio|alpha|beta|lambda|weight|scale|factor|probability|price|distance|radius|t) $/,
    (kit, depth) => (kit.random.chance(0.62) ? number(kit, depth) : kit.any(depth)),
  ],
  [
    / (enabled|disabled|recursive|force|strict|deep|silent|verbose|sync|async|bool|boolean|overwrite|inclusive|reverse|pretty|immediate|once|loose|ignore case) $/,
    flag,
  ],
  [/ (key|prop|property|field|attribute|attr|column|name) $/, (kit) => stringGene(anyKey(kit))],
  [
    / (s|str|string|text|content|contents|message|msg|word|line|title|label|char|ch|input|source text|prefix|suffix|separator|sep|delimiter|delim|needle|search|selector|token|expr|expression|format|fmt|sentence|phrase|plural|singular|password|username|user|email|type|kind|color|version|tag|class name|identifier|slug|haystack|subject|hash|salt|secret|lhs|rhs) $/,
    (kit) => stringGene(anyText(kit)),
  ],
  [
    / (obj|object|target|dict|record|map|hash map|o|item|node|element|el|entry|user|model|schema|tree|source|other|that|rhs|cache|store) $/,
    (kit, depth) => (kit.random.chance(0.75) ? anyObject(kit, depth) : kit.any(depth)),
  ],
];

/** A key: one that the sources use, or a common one. */
export function anyKey(kit: ValueKit): string {
  const { random, propertyNames } = kit;
  if (propertyNames.length > 0 && random.chance(0.6)) return pickFrequent(kit, propertyNames);
  return random.chance(0.8) ? random.pick(KEYS) : anyText(kit);
}

/** A list of like elements, most often of numbers or texts. */
export function anyList(kit: ValueKit, depth: number): ValueGene {
  const { random } = kit;
  if (depth >= MAX_DEPTH) return arrayGene([]);
  const length = random.pick([0, 1, 2, 3, 3, 4, 5]);
  const repeat = (make: () => ValueGene, size = length): ValueGene =>
    arrayGene(Array.from({ length: size }, make));
  switch (pickWeighted(random, [16, 26, 18, 10, 8, 7, 7, 8])) {
    case 0:
      return arrayGene([numberGene(1), numberGene(2), numberGene(3)]);
    case 1:
      return repeat(() => numberGene(random.chance(0.7) ? random.int(10) : anyNumber(kit)));
    case 2:
      return repeat(() =>
        stringGene(random.chance(0.5) ? random.pick(["a", "b", "c"]) : anyText(kit)),
      );
    case 3:
      return repeat(() => anyObject(kit, depth + 2), Math.min(length, 3));
    case 4:
      return anyPoints(kit);
    case 5:
      return anyMatrix(kit);
    case 6:
      return repeat(() => numberGene(random.int(3)), length * 3);
    default:
      return repeat(() => kit.any(depth + 1));
  }
}

/** Rows of numbers, all of one length. */
export function anyMatrix(kit: ValueKit): ValueGene {
  const { random } = kit;
  const rows = 1 + random.int(3);
  const columns = random.chance(0.6) ? rows : 1 + random.int(3);
  return arrayGene(
    Array.from({ length: rows }, () =>
      arrayGene(Array.from({ length: columns }, () => numberGene(random.int(6)))),
    ),
  );
}

/** Pairs `[x, y]`, or one pair, or key–value pairs. */
export function anyPoints(kit: ValueKit): ValueGene {
  const { random } = kit;
  const pair = (): ValueGene => arrayGene([numberGene(random.int(10)), numberGene(random.int(10))]);
  if (random.chance(0.15)) return pair();
  if (random.chance(0.12)) return arrayGene([arrayGene([stringGene("a"), numberGene(1)])]);
  return arrayGene(Array.from({ length: random.int(5) }, pair));
}

/** An object with properties that the sources use, each with a value that suits its name. */
export function anyObject(kit: ValueKit, depth: number): ValueGene {
  const { random, propertyNames } = kit;
  if (depth >= MAX_DEPTH || random.chance(0.1)) return objectGene([]);
  if (random.chance(propertyNames.length === 0 ? 0.6 : 0.14)) {
    return random.pick(PLAIN_OBJECTS);
  }
  const size = 1 + random.int(random.chance(0.8) ? 3 : 5);
  const entries: (readonly [string, ValueGene])[] = [];
  for (let index = 0; index < size; index += 1) {
    const name = anyKey(kit);
    entries.push([name, propertyValue(kit, name, depth + 1)]);
  }
  return objectGene(entries);
}

function propertyValue(kit: ValueKit, name: string, depth: number): ValueGene {
  const { random } = kit;
  const suited = random.chance(0.6) ? kit.forName(name, depth) : null;
  if (suited !== null) return suited;
  switch (pickWeighted(random, [22, 20, 20, 10, 10, 18])) {
    case 0:
      return booleanGene(random.chance(0.7));
    case 1:
      return numberGene(anyNumber(kit));
    case 2:
      return stringGene(anyText(kit));
    case 3:
      return anyList(kit, depth + 1);
    case 4:
      return anyObject(kit, depth + 1);
    default:
      return kit.any(depth);
  }
}

const ONE = numberGene(1);
const PLAIN_OBJECTS: readonly ValueGene[] = [
  objectGene([]),
  objectGene([["a", ONE]]),
  objectGene([
    ["a", ONE],
    ["b", numberGene(2)],
  ]),
  objectGene([["a", objectGene([["b", ONE]])]]),
  objectGene([
    ["x", ONE],
    ["y", numberGene(2)],
  ]),
  objectGene([
    ["id", ONE],
    ["name", stringGene("a")],
  ]),
];

/** Squares a uniform draw, so that the front of the list comes up more often. */
function pickFrequent(kit: ValueKit, names: readonly string[]): string {
  const draw = kit.random.next();
  return names[Math.floor(draw * draw * names.length)] ?? "a";
}
