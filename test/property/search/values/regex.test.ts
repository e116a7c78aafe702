import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../../../src/kernel/random.ts";
import { createRegexStrings } from "../../../../src/search/values/regex/strings.ts";

/** Expressions as they stand in published libraries. */
const CORPUS: readonly RegExp[] = [
  /^\d{4}-\d{2}-\d{2}$/,
  /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[a-z]+)?$/i,
  /^#([0-9a-f]{3}|[0-9a-f]{6})$/i,
  /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i,
  /\s+/g,
  /([a-z])([A-Z])/g,
  /^(?:https?:)?\/\/[^/?#]+/,
  /^(?=.*\d)(?=.*[a-z]).{4,8}/,
  /(\w)\1/,
  /(?<quote>['"]).*?\k<quote>/,
  /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i,
  /\bfoo\b/,
  /[\d.+-]+/,
  /[^\w\s]/,
  /^\[(.*)\]$/,
  /\u00e9|\x41|\t/,
  /^(?:a|b|c)*d?$/,
  /(?:(?:a{2,3}){2})+/,
  /^(.+?)(s|es|ies)$/i,
  /\//,
  /[\]\\-]/,
  /^[a-]$/,
  /^\$\{(\w+)\}$/,
  /x{0}y/,
  /^(?:(?<year>\d{4})|(?<month>\d{2}))$/,
  /\p{Lu}\p{L}*/u,
  /\u{1F600}/u,
  /(?<=\$)\d+/,
  /^\S+\D\W$/,
  /[\s\S]*/,
  /[^]/,
  /\cJ/,
  /\d(?=(\d{3})+$)/,
  /^$/,
  /(^|\n)- /,
];

describe("strings for a regular expression", () => {
  test.each(CORPUS.map((regex) => [String(regex), regex] as const))("match %s", (_name, regex) => {
    const strings = createRegexStrings(regex.source);
    expect(strings).not.toBeNull();
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = strings!.sample(createRandom(seed));
        expect(text.length).toBeLessThan(2_500);
        expect(new RegExp(regex.source, regex.flags).test(text), JSON.stringify(text)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("never throw, whatever the source", () => {
    const alphabet = fc.constantFrom(...Array.from("abc019()[]{}?*+|^$\\-,.:=!<>kpux"));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 30 }), fc.integer(), (source, seed) => {
        createRegexStrings(source)?.sample(createRandom(seed));
      }),
      { numRuns: 2_000 },
    );
  });

  test("stay short where nested repetitions multiply", () => {
    const strings = createRegexStrings("(((x{900}){900}){900}){900}");
    expect(strings!.sample(createRandom(1)).length).toBeLessThan(5_000);
  });
});
