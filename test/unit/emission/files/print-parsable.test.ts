import { expect, test } from "vitest";

import { printParsable } from "../../../../src/emission/files/print-parsable.ts";

const GOOD = { candidateId: "good", text: 'test("good", () => {});\n' };
const OTHER = { candidateId: "other", text: 'test("other", () => {});\n' };
const BROKEN = {
  candidateId: "broken",
  text: 'test("broken", () => { f(() => {} as never); });\n',
};

function print(tests: readonly (typeof GOOD)[]): {
  text: string;
  order: { candidateId: string; fullTitle: string }[];
  unprintable: { candidateId: string; reason: string }[];
} {
  return {
    text: tests.map(({ text }) => text).join(""),
    order: tests.map(({ candidateId }) => ({ candidateId, fullTitle: candidateId })),
    unprintable: [],
  };
}

test("a file that parses is printed once", () => {
  let prints = 0;
  const printed = printParsable([GOOD, OTHER], true, (tests) => {
    prints += 1;
    return print(tests);
  });
  expect(printed).toEqual(print([GOOD, OTHER]));
  expect(prints).toBe(1);
});

test("a test that does not parse is left out with the reason, and the others stay", () => {
  const printed = printParsable([GOOD, BROKEN, OTHER], true, print);
  expect(printed).toEqual({
    ...print([GOOD, OTHER]),
    unprintable: [
      {
        candidateId: "broken",
        reason: expect.stringMatching(/^was printed as no JavaScript: Unexpected token/u) as string,
      },
    ],
  });
});

test("a failure that is no syntax error is not swallowed", () => {
  const fail = (): never => {
    throw new TypeError("no facts");
  };
  expect(() => printParsable([GOOD], true, fail)).toThrow("no facts");
});
