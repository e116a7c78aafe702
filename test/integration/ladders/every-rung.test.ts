import { describe, expect, test } from "vitest";
import { LADDERS, type Rung } from "../../../src/contract/ladders.ts";
import { RUNGS, toSentence, type RungId } from "../../../src/contract/to-sentence.ts";
import { PROVOKE, type Said } from "./provoke-rungs.ts";

/** The sentence of a rung, whatever the facts in it. */
function toPattern(says: string): RegExp {
  const parts = says.split(/\{\w+\}/u).map((part) => part.replace(/[.?()]/gu, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`, "su");
}

describe("every rung of every ladder", () => {
  test.each(Object.entries(PROVOKE) as [RungId, () => Said | Promise<Said>][])(
    "%s says its sentence in its list",
    async (id, provoke) => {
      const { list, says } = RUNGS[id];
      const said = (await provoke())[list] ?? [];
      expect(said).toEqual(expect.arrayContaining([expect.stringMatching(toPattern(says))]));
      expect(said.filter((sentence) => /\{\w+\}/u.test(sentence))).toEqual([]);
    },
  );

  test("has a name of its own and says what was wanted and what comes next", () => {
    const rungs: readonly Rung[] = Object.values(LADDERS).flatMap((one) =>
      Object.values<Rung>(one),
    );
    expect(Object.keys(RUNGS)).toHaveLength(rungs.length);
    for (const { wanted, next } of rungs) {
      expect([wanted, next].filter((text) => !/\w+ .*\w/u.test(text))).toEqual([]);
    }
  });
});

test("braces in a fact stay what they are", () => {
  expect(toSentence("types-partial", { why: "in {file}" })).toBe("types are incomplete: in {file}");
});
