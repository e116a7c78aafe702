import { describe, expect, test } from "vitest";
import type { Candidate } from "../../../../src/contract/candidate.ts";
import type { Statement } from "../../../../src/contract/program.ts";
import type { Snapshot } from "../../../../src/contract/snapshot.ts";
import {
  call,
  callAsync,
  candidate,
  construct,
  gene,
  get,
  instance,
  method,
  print,
  printOne,
  ref,
  returned,
  snap,
  spy,
  threw,
} from "../builders.ts";

const BUS = returned(instance("Bus", {}));
const FUNCTION = returned({ kind: "function", name: "f", arity: 0 });
const withCallback = (
  callee: Extract<Statement, { kind: "call-with-callback" }>["callee"],
  ...args: unknown[]
): Statement => ({ kind: "call-with-callback", callee, args: args.map(gene) });
const waitFor = (receiver: number, event: string): Statement => ({
  kind: "wait-event",
  receiver,
  event,
});
const iterate = (receiver: number, limit: number, awaits = false): Statement => ({
  kind: "iterate",
  receiver,
  limit,
  awaits,
});
const callValue = (callee: number, ...args: unknown[]): Statement => ({
  kind: "call-value",
  callee,
  args: args.map(gene),
  awaits: false,
});
const set = (receiver: number, name: string, value: unknown): Statement => ({
  kind: "set",
  receiver,
  name,
  value: gene(value),
});

/** The title of the printed test and the lines of its body. */
async function linesOf(only: Candidate): Promise<readonly string[]> {
  const source = await printOne(only);
  return source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "});");
}

describe("statements that are more than a call", () => {
  test.each<[string, Candidate, readonly string[]]>([
    [
      "a result that is awaited",
      candidate([callAsync("add", 1)], [returned(2)]),
      ['test("resolves to 2 for 1", async () => {', "assert.equal(await add(1), 2);"],
    ],
    [
      "a property that is set and read",
      candidate(
        [construct("Box", 1), set(0, "size", 4), get(0, "size")],
        [returned(instance("Box", { size: 1 })), returned(4), returned(4)],
      ),
      [
        'test("is 4 after size = 4", () => {',
        "const box = new Box(1);",
        "box.size = 4;",
        "assert.equal(box.size, 4);",
      ],
    ],
    [
      "what setting changed",
      candidate(
        [construct("Box", 1), set(0, "size", 4)],
        [returned(instance("Box", { size: 1 })), returned(4)],
        { mutations: [{ statement: 0, after: instance("Box", { size: 4 }) }] },
      ),
      [
        'test("leaves { size: 4 } when set to 4", () => {',
        "const box = new Box(1);",
        "box.size = 4;",
        "assert.deepEqual({ ...box }, { size: 4 });",
      ],
    ],
    [
      "an iterator that ends",
      candidate(
        [call("all", 3), iterate(0, 5)],
        [returned(instance("Iter", {})), returned([1, 2])],
      ),
      ['test("yields [1, 2] for 3", () => {', "assert.deepEqual([...all(3)], [1, 2]);"],
    ],
    [
      "an iterator that may not end",
      candidate(
        [call("all", 3), iterate(0, 2)],
        [returned(instance("Iter", {})), returned([1, 2])],
      ),
      [
        'test("yields [1, 2] for 3", () => {',
        "const items = [];",
        "for (const item of all(3)) {",
        "if (items.length === 2) break;",
        "items.push(item);",
        "}",
        "assert.deepEqual(items, [1, 2]);",
      ],
    ],
    [
      "an asynchronous iterator",
      candidate(
        [call("all", 3), iterate(0, 5, true)],
        [returned(instance("Iter", {})), returned([1])],
      ),
      [
        'test("yields [1] for 3", async () => {',
        "assert.deepEqual(await Array.fromAsync(all(3)), [1]);",
      ],
    ],
    [
      "an event",
      candidate([construct("Bus"), waitFor(0, "end")], [BUS, returned([1])]),
      [
        'test("emits end with 1 for new Bus()", async () => {',
        'assert.deepEqual(await once(new Bus(), "end"), [1]);',
      ],
    ],
    [
      "an event that carries nothing and whose name no title can hold",
      candidate([construct("Bus"), waitFor(0, "e\n")], [BUS, returned([])]),
      [
        'test("emits an empty array for new Bus()", async () => {',
        String.raw`assert.deepEqual(await once(new Bus(), "e\n"), []);`,
      ],
    ],
    [
      "a callback",
      candidate([withCallback(["load"], "a")], [returned([null, "v"])]),
      [
        `test('calls back with null, "v" for "a"', async () => {`,
        "const received = await new Promise((resolve) => {",
        'load("a", (...received) => resolve(received));',
        'assert.deepEqual(received, [null, "v"]);',
      ],
    ],
    [
      "a callback that gets nothing",
      candidate([withCallback(["load"])], [returned([])]),
      [
        'test("calls back with nothing for a callback", async () => {',
        "const received = await new Promise((resolve) => {",
        "load((...received) => resolve(received));",
        "assert.deepEqual(received, []);",
      ],
    ],
    [
      "a callback of a method, before the call that counts",
      candidate(
        [construct("Bus"), withCallback({ receiver: 0, name: "load" }, 1), method(0, "size")],
        [BUS, returned([null, 2]), returned(3)],
      ),
      [
        'test("returns 3 after load(1)", async () => {',
        "const bus = new Bus();",
        "const received = await new Promise((resolve) => {",
        "bus.load(1, (...received) => resolve(received));",
        "assert.deepEqual(received, [null, 2]);",
        "assert.equal(bus.size(), 3);",
      ],
    ],
    [
      "a call of a result",
      candidate([call("make", 1), callValue(0, 2)], [FUNCTION, returned(5)]),
      ['test("its result returns 5 for 2", () => {', "assert.equal(make(1)(2), 5);"],
    ],
    [
      "a function that is called and passed on",
      candidate(
        [call("make", 1), callValue(0, 2), call("size", ref(0))],
        [FUNCTION, returned(5), returned(1)],
      ),
      [
        'test("returns 1 for a function", () => {',
        "const make2 = make(1);",
        "assert.equal(make2(2), 5);",
        "assert.equal(size(make2), 1);",
      ],
    ],
    [
      "a member of a member",
      candidate(
        [call("parse", "x"), get(0, "inner"), get(1, "deep")],
        [returned(instance("P", { inner: {} })), returned({}), returned(3)],
      ),
      [`test('its deep is 3 after parse("x")', () => {`, 'assert.equal(parse("x").inner.deep, 3);'],
    ],
    [
      "a method whose name is no identifier",
      candidate([construct("Bus"), method(0, "a\nb", 1)], [BUS, returned(1)]),
      ['test("returns 1 for 1", () => {', String.raw`assert.equal(new Bus()["a\nb"](1), 1);`],
    ],
    [
      "exports whose names cannot be variables",
      candidate([call("a-b", 1), call("delete", 2)], [returned(1), returned(2)]),
      [
        'test("returns 2 for 2", () => {',
        "assert.equal(aB(1), 1);",
        "assert.equal(deleteExport(2), 2);",
      ],
    ],
  ])("%s", async (_name, only, lines) => {
    expect(await linesOf(only)).toEqual(lines);
  });
});

describe("effects", () => {
  const each = (calls: readonly (readonly Snapshot[])[]): Candidate =>
    candidate([call("each", [1], spy())], [returned(undefined)], {
      spies: [{ statement: 0, argument: 1, calls: calls.map((args) => [...args]) }],
    });

  test.each<[string, Candidate, readonly string[]]>([
    [
      "calls of a callback",
      each([[snap(1)]]),
      [
        'test("calls its callback once for [1] and a callback", () => {',
        "const calls = [];",
        "each([1], (...args) => {",
        "calls.push(args);",
        "assert.deepEqual(calls, [[1]]);",
      ],
    ],
    [
      "a file that was written",
      candidate([call("save", "out.txt")], [returned(undefined)], {
        usesFixture: true,
        files: { "out.txt": "hello" },
      }),
      [
        `test('writes out.txt for "out.txt"', () => {`,
        'save("out.txt");',
        'assert.equal(fs.readFileSync("out.txt", "utf8"), "hello");',
      ],
    ],
    [
      "a file that was removed",
      candidate([call("drop", "file.txt")], [returned(undefined)], {
        usesFixture: true,
        files: { "file.txt": null },
      }),
      [
        `test('removes file.txt for "file.txt"', () => {`,
        'drop("file.txt");',
        'assert.equal(fs.existsSync("file.txt"), false);',
      ],
    ],
    [
      "folders, and files too long to be written down",
      candidate([call("save", "a")], [returned(undefined)], {
        usesFixture: true,
        files: { "a.txt": "x", "b/": "", "c.txt": "y".repeat(5_000) },
      }),
      [
        `test('writes a.txt and 2 others for "a"', () => {`,
        'save("a");',
        'assert.equal(fs.readFileSync("a.txt", "utf8"), "x");',
        'assert.deepEqual(fs.readdirSync("b"), []);',
        'assert.ok(fs.readFileSync("c.txt", "utf8").startsWith("y".repeat(60)));',
      ],
    ],
    [
      "an argument that was changed",
      candidate([call("make"), call("fill", ref(0))], [returned([1]), returned(undefined)], {
        mutations: [{ statement: 0, after: snap([1, 2]) }],
      }),
      [
        'test("leaves [1, 2] for [1]", () => {',
        "const result = make();",
        "fill(result);",
        "assert.deepEqual(result, [1, 2]);",
      ],
    ],
  ])("%s", async (_name, only, lines) => {
    expect(await linesOf(only)).toEqual(lines);
  });

  test("of many calls only those that were recorded are compared", async () => {
    const source = await printOne(each(Array.from({ length: 10 }, (_, index) => [snap(index)])));
    expect(source).toContain("calls its callback 10 times");
    expect(source).toContain("assert.deepEqual(calls.slice(0, 10), [");
  });
});

describe("thrown values that are no errors", () => {
  test.each([
    ["string", "bad", "throws a string", 'assert.equal(thrown, "bad");'],
    ["number", "5", "throws a number", "assert.equal(thrown, 5);"],
    ["boolean", "true", "throws a boolean", "assert.equal(thrown, true);"],
    ["undefined", "undefined", "throws undefined", "assert.equal(thrown, undefined);"],
    ["null", "null", "throws null", "assert.equal(thrown, null);"],
    ["function", "", "throws a function", 'assert.equal(typeof thrown, "function");'],
    ["Odd", "", "throws an object", 'assert.equal(typeof thrown, "object");'],
  ])("%s", async (name, message, title, check) => {
    const outcome = threw({ isError: false, name, message });
    const lines = await linesOf(candidate([call("add", 1)], [outcome]));
    expect(lines[0]).toBe(`test("${title} for 1", () => {`);
    expect(lines.slice(1)).toEqual([
      "let thrown;",
      "try {",
      "add(1);",
      "} catch (error) {",
      "thrown = error;",
      "}",
      check,
    ]);
  });

  test("a rejection is awaited; a code stands in the title, a name that cannot does not", async () => {
    const rejected = candidate(
      [callAsync("add", 1)],
      [threw({ isError: false, name: "Odd" }, true)],
    );
    expect(await linesOf(rejected)).toEqual(
      expect.arrayContaining([
        'test("rejects with an object for 1", async () => {',
        "await add(1);",
      ]),
    );
    const coded = candidate([call("add")], [threw({ name: "TypeError", code: "ERR_X" })]);
    expect((await linesOf(coded))[0]).toContain("throws a TypeError with code ERR_X");
    const odd = candidate([call("add")], [threw({ name: "odd\nname" })]);
    expect((await linesOf(odd))[0]).toContain("throws an error without arguments");
  });

  test("in TypeScript variables without a value get a type that says nothing", async () => {
    const module = "lib/math.ts";
    const suite = await print(
      [
        candidate([call("add", 1)], [threw({ isError: false, name: "null" })], { module }),
        candidate([call("each", spy())], [returned(undefined)], {
          module,
          spies: [{ statement: 0, argument: 0, calls: [[snap(1)]] }],
        }),
      ],
      { runner: "vitest", project: { isTypeScript: true, sourceFiles: [module] } },
    );
    const text = Object.values(suite.files).join("");
    expect(text).toContain("let thrown: unknown;");
    expect(text).toContain("expect(thrown).toBeNull();");
    expect(text).toContain("const calls: unknown[][] = [];");
  });
});
