import { describe, expect, test } from "vitest";

import type { FormatFiles } from "../../../src/ports/project-tools.ts";
import {
  api,
  call,
  callAsync,
  candidate,
  construct,
  instance,
  method,
  params,
  print,
  printOne,
  returned,
  threw,
} from "./builders.ts";

const ADD = candidate([call("add", 1, 2)], [returned(3)]);

describe("a printed file", () => {
  test("says what it is, imports what it needs and nothing else", async () => {
    const { files } = await print([ADD]);
    expect(files).toEqual({
      "test/regoose/math.test.js": `// Written by Regoose. These tests record what the code does today, not what it should do.
// To prove each of them again: npx regoose verify test/regoose

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { add } from "../../lib/math.js";

describe("add", () => {
  test("returns 3 for 1 and 2", () => {
    assert.equal(add(1, 2), 3);
  });
});
`,
    });
  });

  test("requires its module in a CommonJS project", async () => {
    const { files } = await print([ADD], { project: { system: "commonjs" } });
    expect(files["test/regoose/math.test.js"]).toContain(`"use strict";\n\n// Written`);
    expect(files["test/regoose/math.test.js"]).toContain(
      `const { describe, test } = require("node:test");\n\nconst math = require("../../lib/math.js");`,
    );
  });

  test("destructures CommonJS functions that never look at `this`", async () => {
    const { files } = await print([ADD], {
      project: { system: "commonjs" },
      files: { "lib/math.js": "exports.add = (a, b) => a + b;" },
    });
    expect(files["test/regoose/math.test.js"]).toContain(
      `const { add } = require("../../lib/math.js");`,
    );
  });

  test("holds no date, no absolute path and no name of this machine", async () => {
    const text = Object.values((await print([ADD])).files).join("");
    expect(text).not.toMatch(/20\d\d|\/project|\/tmp/);
  });

  test("is the same for the same request", async () => {
    expect(await print([ADD])).toEqual(await print([structuredClone(ADD)]));
  });

  test("speaks the dialect of Vitest", async () => {
    const { files } = await print([ADD], { runner: "vitest" });
    expect(files["test/regoose/math.test.js"]).toContain(
      `import { describe, expect, test } from "vitest";`,
    );
    expect(files["test/regoose/math.test.js"]).toContain("expect(add(1, 2)).toBe(3);");
  });

  test("uses the globals of Jest", async () => {
    const { files } = await print([ADD], { runner: "jest", project: { system: "commonjs" } });
    expect(files["test/regoose/math.test.js"]).not.toContain("jest");
    expect(files["test/regoose/math.test.js"]).toContain("expect(math.add(1, 2)).toBe(3);");
  });

  test("uses `it` and node:assert under Mocha", async () => {
    const { files } = await print([ADD], { runner: "mocha" });
    expect(files["test/regoose/math.test.js"]).toContain(`it("returns 3 for 1 and 2", () => {`);
    expect(files["test/regoose/math.test.js"]).toContain(`from "node:assert/strict"`);
  });

  test("uses Chai under Mocha where the project depends on it", async () => {
    const { files } = await print([ADD], {
      runner: "mocha",
      files: { "package.json": `{"devDependencies":{"chai":"5"}}` },
    });
    expect(files["test/regoose/math.test.js"]).toContain(`import { expect } from "chai";`);
    expect(files["test/regoose/math.test.js"]).toContain("expect(add(1, 2)).to.equal(3);");
  });
});

describe("tests of a printed suite", () => {
  test("are reported with file, full title and their source as it stands", async () => {
    const { tests, files } = await print([ADD]);
    expect(tests).toEqual([
      {
        candidateId: ADD.id,
        file: "test/regoose/math.test.js",
        fullTitle: "add > returns 3 for 1 and 2",
        source: `test("returns 3 for 1 and 2", () => {\n    assert.equal(add(1, 2), 3);\n  });`,
      },
    ]);
    expect(files["test/regoose/math.test.js"]).toContain(tests[0]?.source);
  });

  test("never say the same twice", async () => {
    const twin = candidate([call("add", 1, 2)], [returned(3)]);
    const { tests, unprintable } = await print([ADD, twin]);
    expect(tests).toHaveLength(1);
    expect(unprintable).toEqual([
      { candidateId: twin.id, reason: `same test as candidate ${ADD.id}` },
    ]);
  });

  test("have titles of their own", async () => {
    const long = (tail: string) => candidate([call("add", "x\n".repeat(9) + tail)], [returned(1)]);
    const { tests } = await print([long("a"), long("b"), long("c")]);
    expect(tests.map(({ fullTitle }) => fullTitle)).toEqual([
      "add > returns 1 for a string of 10 lines",
      "add > returns 1 for a string of 10 lines, case 2",
      "add > returns 1 for a string of 10 lines, case 3",
    ]);
  });

  test("are left out with a reason when nothing certain can be asserted", async () => {
    const vague = candidate([call("make")], [returned({ kind: "opaque", className: "Object" })]);
    const { files, unprintable } = await print([vague]);
    expect(files).toEqual({});
    expect(unprintable).toEqual([
      { candidateId: vague.id, reason: "nothing certain can be asserted of its results" },
    ]);
  });

  test("come from any module, one file each", async () => {
    const other = candidate([call("parse", "")], [returned(null)], { module: "lib/deep/math.js" });
    const { files } = await print([ADD, other]);
    expect(Object.keys(files).sort()).toEqual([
      "test/regoose/deep-math.test.js",
      "test/regoose/math.test.js",
    ]);
  });

  test("of a large module are split by what they test", async () => {
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, n) => candidate([call(name, n)], [returned(n)]));
    const { files } = await print([...many("add", 30), ...many("negate", 20), ...many("rare", 2)]);
    expect(Object.keys(files)).toEqual([
      "test/regoose/math.test.js",
      "test/regoose/math-add.test.js",
      "test/regoose/math-negate.test.js",
    ]);
  });

  test("use names of parameters that the project brings or the request brings", async () => {
    const model = api([{ path: ["add"], signatures: params(["left", { kind: "number" }]) }]);
    const { tests } = await print([ADD], { api: model });
    const again = await print([ADD], { request: { api: model } });
    expect(tests[0]?.fullTitle).toBe("add > returns 3 for left = 1 and 2");
    expect(again.tests).toEqual(tests);
  });
});

/** A formatter that treats each text alike. */
const inEach =
  (change: (text: string) => string): FormatFiles =>
  (files) =>
    Promise.resolve(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, change(text)])),
    );

describe("the project's formatter", () => {
  test("has the last word on layout", async () => {
    const { files, tests } = await print([ADD], {
      format: inEach((text) => text.replaceAll(";", "").replaceAll('"', "'")),
    });
    expect(files["test/regoose/math.test.js"]).not.toContain(";");
    expect(tests[0]?.source).toBe(
      `test('returns 3 for 1 and 2', () => {\n    assert.equal(add(1, 2), 3)\n  })`,
    );
  });

  test("is asked once for all files", async () => {
    const calls: string[][] = [];
    const other = candidate([call("add", 2, 2)], [returned(4)], { module: "lib/other.js" });
    await print([ADD, other], {
      format: (files) => {
        calls.push(Object.keys(files));
        return Promise.resolve(files);
      },
    });
    expect(calls).toEqual([["test/regoose/math.test.js", "test/regoose/other.test.js"]]);
  });

  test.each<[string, FormatFiles]>([
    ["rejects", () => Promise.reject(new Error("prettier is broken"))],
    ["forgets a file", () => Promise.resolve({})],
    ["loses a test", inEach(() => "")],
    ["changes what a test says", inEach((text) => text.replace("add(1, 2)", "add(2, 1)"))],
    ["adds a statement", inEach((text) => `${text}\nfetch("http://example.com");\n`)],
    ["answers something that is no program", inEach(() => "test(")],
  ])("is ignored when it %s", async (_what, format) => {
    expect(await print([ADD], { format })).toEqual(await print([ADD]));
  });

  test("is not asked for drafts", async () => {
    const { files } = await print([ADD], {
      request: { isDraft: true },
      format: () => Promise.reject(new Error("asked")),
    });
    expect(files["test/regoose/math.test.js"]).toContain("assert.equal");
  });

  test("passes cancellation on", async () => {
    const controller = new AbortController();
    const format: FormatFiles = () => {
      controller.abort(new Error("stopped"));
      return Promise.reject(new Error("killed"));
    };
    await expect(print([ADD], { format, signal: controller.signal })).rejects.toThrow("stopped");
  });
});

test("printing stops before it starts when cancelled", async () => {
  await expect(print([ADD], { signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow(
    "early",
  );
});

describe("a test body", () => {
  test("arranges, acts and asserts", async () => {
    const source = await printOne(
      candidate(
        [
          construct("Stack", { limit: 3, name: "a long enough name" }),
          method(0, "push", 1),
          method(0, "size"),
        ],
        [returned(instance("Stack", { items: [] })), returned(undefined), returned(1)],
        { mutations: [{ statement: 0, after: instance("Stack", { items: [1] }) }] },
      ),
    );
    expect(source).toBe(`test("returns 1 after push(1)", () => {
  const stack = new Stack({ limit: 3, name: "a long enough name" });
  stack.push(1);

  assert.equal(stack.size(), 1);
  assert.deepEqual({ ...stack }, { items: [1] });
});`);
  });

  test("ends with the statement that throws", async () => {
    const source = await printOne(
      candidate(
        [construct("Stack"), method(0, "pop"), method(0, "size")],
        [
          returned(instance("Stack", {})),
          threw({ name: "RangeError", message: "the stack is empty" }),
          { kind: "skipped" },
        ],
      ),
    );
    expect(source).toBe(`test("throws a RangeError for new Stack()", () => {
  const stack = new Stack();

  assert.throws(() => stack.pop(), {
    name: "RangeError",
    message: "the stack is empty",
  });
});`);
  });

  test("awaits rejections", async () => {
    const source = await printOne(
      candidate([callAsync("load", 1)], [threw({ name: "TypeError" }, true)]),
    );
    expect(source).toBe(`test("rejects with a TypeError for 1", async () => {
  await assert.rejects(load(1), TypeError);
});`);
  });
});
