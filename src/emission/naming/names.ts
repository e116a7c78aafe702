/** Words that cannot be or should not be a variable, and globals that printed tests use. */
const TAKEN: ReadonlySet<string> = new Set(
  `abstract arguments async await boolean break case catch class const constructor continue debugger default
   delete do else enum eval export extends false finally for from function get if implements import in
   instanceof interface let new null of package private protected prototype public return set static super switch
   this throw true try type typeof undefined var void while with yield NaN Infinity
   Array ArrayBuffer BigInt Boolean Buffer Date Error JSON Map Math Number Object Promise Proxy RangeError
   Reflect RegExp Set String Symbol TypeError Uint8Array WeakMap WeakSet globalThis global process console
   require module exports describe test it expect assert before after beforeEach afterEach beforeAll
   afterAll fs os path once rounded plain settle setImmediate useSampleFolder`.split(/\s+/),
);

/** Gives out names that are free in one scope; a taken one gets a number. */
export interface NameScope {
  /** The wanted name, or the first free of `wanted2`, `wanted3`, …; it is taken from then on. */
  readonly take: (wanted: string) => string;
  readonly isFree: (name: string) => boolean;
}

export function createNameScope(reserved: Iterable<string> = []): NameScope {
  const taken = new Set([...TAKEN, ...reserved]);
  return {
    isFree: (name) => !taken.has(name),
    take(wanted) {
      let name = wanted;
      for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`;
      taken.add(name);
      return name;
    },
  };
}

export function isTaken(name: string): boolean {
  return TAKEN.has(name);
}

/** `quill-delta` → `quillDelta`, `URLParser` → `urlParser`; `fallback` where no letter is left. */
export function toCamelCase(text: string, fallback = "value"): string {
  const words = toWords(text);
  const [first, ...others] = words;
  if (first === undefined) return fallback;
  return [first.toLowerCase(), ...others.map(capitalise)].join("");
}

/** `quill-delta` → `QuillDelta`. */
export function toPascalCase(text: string, fallback = "Value"): string {
  const words = toWords(text);
  return words.length === 0 ? fallback : words.map(capitalise).join("");
}

/** `QuillDelta` → `quill-delta`. */
export function toKebabCase(text: string, fallback = "tests"): string {
  const words = toWords(text);
  return words.length === 0 ? fallback : words.map((word) => word.toLowerCase()).join("-");
}

/** "a Complex", "an Array", "a Uint8Array". */
export function withArticle(noun: string): string {
  if (/^(?:8|11\b|18\b|8\d)/.test(noun)) return `an ${noun}`;
  const isVowel = /^(?:[aeio]|u(?!int|r[il]|ni|se|tf))/i.test(noun) && !/^U[A-Z]/.test(noun);
  return `${isVowel ? "an" : "a"} ${noun}`;
}

function toWords(text: string): string[] {
  const words = text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  if (/^\d/.test(words[0] ?? "")) words.unshift("value");
  return words;
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
