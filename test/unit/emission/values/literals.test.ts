import { describe, expect, test } from "vitest";

import { render } from "../../../../src/emission/layout.ts";
import {
  isLongFloat,
  toBytesDoc,
  toDateLiteral,
  toKey,
  toMember,
  toNumberLiteral,
  toRegExpLiteral,
  toStringDoc,
  toStringLiteral,
} from "../../../../src/emission/values/literals.ts";

describe("string literals", () => {
  test.each([
    ["plain", '"plain"'],
    ['say "hi"', `'say "hi"'`],
    [`it's "both"`, `"it's \\"both\\""`],
    ["back\\slash", '"back\\\\slash"'],
    ["line\nbreak", '"line\\nbreak"'],
    ["\u2028\ufeff\u200b", '"\\u2028\\ufeff\\u200b"'],
    ["\ud800", '"\\ud800"'],
    ["</script><!--", '"<\\/script><\\!--"'],
    ["`${x}`", '"`${x}`"'],
    ["größe 😀", '"größe 😀"'],
  ])("write %j", (value, literal) => {
    expect(toStringLiteral(value)).toBe(literal);
  });

  test("write long repeated text by its unit", () => {
    expect(render(toStringDoc("ab".repeat(40)))).toBe('"ab".repeat(40)');
    expect(render(toStringDoc("ab".repeat(5)))).toBe('"ababababab"');
  });

  test("break long text after spaces and line ends", () => {
    const text = `${"word ".repeat(15)}end.\nnext`;
    expect(render(["f(", toStringDoc(text), ")"])).toBe(
      `f("word word word word word word word word word word word " +\n  "word word word word end.\\n" +\n  "next")`,
    );
  });
});

test.each([
  [1, "1"],
  [-0, "-0"],
  ["-0", "-0"],
  ["NaN", "NaN"],
  [1e21, "1e+21"],
] as const)("numbers write %s", (value, literal) => {
  expect(toNumberLiteral(value)).toBe(literal);
});

test.each([
  ["name", "name", ".name"],
  ["class", "class", ".class"],
  ["0", "0", "[0]"],
  ["01", '"01"', '["01"]'],
  ["a-b", '"a-b"', '["a-b"]'],
  ["__proto__", '["__proto__"]', ".__proto__"],
])("keys and members write %s", (name, key, member) => {
  expect(toKey(name)).toBe(key);
  expect(toMember(name)).toBe(member);
});

test("members write indexes", () => {
  expect(toMember(3)).toBe("[3]");
});

describe("regular expressions", () => {
  test.each([
    ["a+", "g", "/a+/g"],
    ["a/b", "", "/a\\/b/"],
    ["", "", "/(?:)/"],
    ["\ud800", "", 'new RegExp("\\ud800", "")'],
    ["(", "", 'new RegExp("(", "")'],
  ])("write %j with flags %j", (source, flags, literal) => {
    expect(toRegExpLiteral(source, flags)).toBe(literal);
  });
});

test.each([
  [0, "new Date(0)"],
  [86_400_000, 'new Date("1970-01-02T00:00:00.000Z")'],
  ["NaN", "new Date(NaN)"],
  [9e15, "new Date(NaN)"],
] as const)("dates write %s", (epochMs, literal) => {
  expect(toDateLiteral(epochMs)).toBe(literal);
});

describe("bytes", () => {
  const base64 = (bytes: readonly number[]): string => Buffer.from(bytes).toString("base64");

  test.each([
    ["Buffer", [], "Buffer.alloc(0)"],
    ["Buffer", [104, 105], 'Buffer.from("hi")'],
    ["Buffer", [0, 255], "Buffer.from([0, 255])"],
    [
      "Buffer",
      Array<number>(20).fill(0),
      `Buffer.from("${base64(Array<number>(20).fill(0))}", "base64")`,
    ],
    ["Uint8Array", [], "new Uint8Array()"],
    ["Uint8Array", [1], "new Uint8Array([1])"],
    ["ArrayBuffer", [1], "new Uint8Array([1]).buffer"],
    [
      "Uint8Array",
      Array<number>(40).fill(9),
      `new Uint8Array(Buffer.from("${base64(Array<number>(40).fill(9))}", "base64"))`,
    ],
  ])("write %s of %j", (type, bytes, literal) => {
    expect(render(toBytesDoc(type, base64(bytes)))).toBe(literal);
  });
});

test.each([
  [0.1, false],
  [1 / 3, true],
  [2 ** 53, true],
  [123_456_789_012, false],
  [1e300, false],
  ["NaN", false],
])("floats that need tolerance: %s is %s", (value, isLong) => {
  expect(isLongFloat(value)).toBe(isLong);
});
