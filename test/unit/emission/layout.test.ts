import { describe, expect, test } from "vitest";

import {
  callArguments,
  filledList,
  firstText,
  group,
  HARD_LINE,
  indent,
  LINE,
  list,
  render,
  renderFlat,
  SOFT_LINE,
  type Doc,
} from "../../../src/emission/layout.ts";
import { block } from "../../../src/emission/values/print-value.ts";

const call = (name: string, ...args: Doc[]): Doc => [name, callArguments(args)];
const word = "elephant";

describe("a list", () => {
  test("stands on one line where it fits", () => {
    expect(render(list("[", ["1", "2"], "]"))).toBe("[1, 2]");
    expect(render(list("{", ["a: 1"], "}", " "))).toBe("{ a: 1 }");
  });

  test("breaks into one item a line, with a closing comma", () => {
    expect(render(list("[", [word, word], "]"), 12)).toBe(`[\n  ${word},\n  ${word},\n]`);
  });

  test("is empty without a space", () => {
    expect(render(list("{", [], "}", " "))).toBe("{}");
    expect(render(filledList("[", [], "]"))).toBe("[]");
  });

  test("breaks from the outside in", () => {
    const inner = list("[", ["1", "2"], "]");
    expect(render(list("[", [inner, inner], "]"), 10)).toBe("[\n  [1, 2],\n  [1, 2],\n]");
  });

  test("fills lines with short items", () => {
    const numbers = Array.from({ length: 9 }, (_, n) => String(n));
    expect(render(filledList("[", numbers, "]"), 14)).toBe(
      "[\n  0, 1, 2, 3,\n  4, 5, 6, 7,\n  8,\n]",
    );
  });
});

describe("call arguments", () => {
  const literal = list("{", ["first: 1", "second: 2", "third: 3"], "}", " ");

  test("let the last one hug the parentheses", () => {
    expect(render(call("f", "1", literal), 24)).toBe(
      "f(1, {\n  first: 1,\n  second: 2,\n  third: 3,\n})",
    );
  });

  test("break one by one where the last would stand beside another of its kind", () => {
    expect(render(call("f", literal, literal), 40)).toBe(
      "f(\n  { first: 1, second: 2, third: 3 },\n  { first: 1, second: 2, third: 3 },\n)",
    );
  });

  test("break one by one where the first ones leave no room", () => {
    expect(render(call("f", "aRatherLongNameIndeed", literal), 20)).toBe(
      "f(\n  aRatherLongNameIndeed,\n  {\n    first: 1,\n    second: 2,\n    third: 3,\n  },\n)",
    );
  });

  test("keep a function body open", () => {
    const fn: Doc = ["() => ", block(["go();"])];
    expect(render(call("run", "1", fn))).toBe("run(1, () => {\n  go();\n})");
  });

  test("may be none, or nested calls", () => {
    expect(render(call("f"))).toBe("f()");
    expect(render(call("f", call("g", literal)), 20)).toBe(
      "f(\n  g({\n    first: 1,\n    second: 2,\n    third: 3,\n  }),\n)",
    );
  });
});

describe("rendering", () => {
  test("starts at an indentation and leaves no space at line ends", () => {
    const doc = ["{", indent([HARD_LINE, "a", HARD_LINE, HARD_LINE, "b"]), HARD_LINE, "}"];
    expect(render(doc, 80, 1)).toBe("{\n    a\n\n    b\n  }");
  });

  test("breaks a group that holds a forced line break", () => {
    expect(render(group(["a", LINE, "b", HARD_LINE, "c"]))).toBe("a\nb\nc");
  });

  test("measures up to the next possible break only", () => {
    const doc = [group(["[", SOFT_LINE, "x", SOFT_LINE, "]"]), group([LINE, "y".repeat(30)])];
    expect(render(doc, 12)).toBe(`[x]\n${"y".repeat(30)}`);
  });

  test("answers no flat text for what must break", () => {
    expect(renderFlat(["a", LINE, "b"])).toBeNull();
    expect(renderFlat(group(["a", LINE, "b"]))).toBe("a b");
    expect(renderFlat(block(["x;"]))).toBeNull();
  });

  test("knows what a document starts with", () => {
    expect(firstText(["", [group(["{", "}"])]])).toBe("{");
    expect(firstText(callArguments([list("[", ["1"], "]")]))).toBe("(");
    expect(firstText([LINE])).toBe("");
  });
});
