import { describe, expect, test } from "vitest";
import { findSmells, findSuspicions } from "../../../src/admission/clean.ts";
import type { Suite } from "../../../src/admission/suite.ts";
import { aCandidate } from "../../../src/testing/index.ts";

const NOW = Date.UTC(2026, 10, 24, 9);

function aSuite(bodies: readonly string[], header = "", file = "t.test.js"): Suite {
  const tests = bodies.map((body, index) => {
    const source = `test("case ${index}", async (t) => {\n  ${body}\n});`;
    const candidate = aCandidate(`c${index}`);
    const fullTitle = `case ${index}`;
    return {
      candidate,
      printed: { candidateId: candidate.id, file, fullTitle, source },
      key: `${file}::${fullTitle}`,
    };
  });
  const content = [header, ...tests.map((one) => one.printed.source)].join("\n\n");
  return { files: { [file]: content }, tests, unprintable: [] };
}

async function reasonOf(body: string, header?: string, file?: string): Promise<string | null> {
  const [smell] = await findSmells(aSuite([body], header, file), NOW);
  return smell?.reason ?? null;
}

describe("clean tests", () => {
  test.each([
    "assert.equal(add(1, 2), 3);",
    "const items = [3, 1, 2]; sort(items); assert.deepEqual(items, [1, 2, 3]);",
    "assert.throws(() => parse(''), { name: 'SyntaxError' });",
    "assert.throws(() => box.value, TypeError);",
    "await assert.rejects(load('missing'), { code: 'ENOENT' });",
    "assert.ok(make(1) instanceof Box);",
    "assert.ok(Math.abs(half(1) - 0.5) < 1e-9);",
    "assert.ok(list(2).length >= 1);",
    "assert.strictEqual(instance(), instance());",
    "assert.notStrictEqual(first, second);",
    "assert.doesNotThrow(() => check(1));",
    "const calls = []; each([1], (...args) => { calls.push(args); }); assert.deepEqual(calls, [[1, 0]]);",
    "const run = (n) => add(n, 1); assert.equal(run(2), 3);",
    "let seen; on((x) => { seen = x; }); assert.equal(seen, 1);",
    "expect(add(1, 2)).toBe(3);",
    "expect(add(1, 2)).to.equal(3);",
    "expect(() => parse('')).toThrow(SyntaxError);",
    "expect(() => parse('')).to.throw(Error).with.property('code', 'E');",
    "await expect(load('missing')).rejects.toThrow('no');",
    "expect(flag()).to.be.true;",
    "add(1, 2).should.equal(3);",
    "strictEqual(add(1, 2), 3);",
    "t.assert.equal(add(1, 2), 3);",
    "await new Promise((resolve) => setImmediate(resolve)); assert.equal(state(), 1);",
    "await new Promise((resolve) => setTimeout(resolve, 0)); assert.equal(state(), 1);",
    "const spy = mock.fn(); each([1], spy); assert.equal(spy.mock.calls.length, 1);",
    "assert.equal(resolve('a/../b'), 'b');",
    "assert.equal(parse('2020-01-31').getTime(), 1580428800000);",
    "assert.equal(route('/tmpfile'), 1);",
    "assert.equal(join('a', 'b'), 'a:\\\\b');",
    "await clock.setTimeout(5); assert.equal(clock.now, 5);",
    "assert.equal(this.subject.size, 1);",
    "assert.equal([1, 2][pick()], 2);",
    "assert.deepEqual({ [name(1)]: 1 }, { a: 1 });",
    "assert.equal({ get a() { return add(1, 2); } }.a, 3);",
    "assert.equal({ a: add(1, 2) }.a, 3);",
    "const { total } = count([1]); assert.equal(total, 1);",
    "const box = { a: 1 }; fill(box); assert.equal(box.a, 2);",
    "assert.equal(`${add(1, 2)} items`, '3 items');",
    "assert.deepEqual(new Set(list()), new Set([1]));",
    "assert.ok(a(1) && b(2));",
    "assert.doesNotThrow(() => { for (const item of items) item; });",
    "const before = [...input]; sort(input); assert.deepEqual(input, before);",
    "const list = sort([2, 1]); assert.deepEqual(list, [...list].sort());",
    "const list = unique([1, 1]); assert.equal(list.length, new Set(list).size);",
    "const box = new Box(1); assert.notStrictEqual(box.copy(), box);",
    "const box = new Box(1); assert.ok(box.clone() instanceof Box);",
    "const box = new Box(1); assert.ok(box.parent !== undefined);",
    "const parts = cut('a,b'); assert.ok(parts.length > 0);",
    "const spy = mock.method(box, 'log'); run(box); assert.equal(spy.mock.calls.length, 1);",
    "mock.method(box, 'now', () => 5); assert.equal(box.age(), 5);",
    "class Mine extends Box { now() { return 3; } } const box = new Mine(); assert.equal(box.age(), 3);",
    "const world = { now: mock.fn(() => 5) }; assert.equal(age(world), 5);",
    "for (let n = 0; n < 3; n += 1) assert.equal(add(n, 1), n + 1);",
    "assert.equal(box.random(), 1);",
  ])("finds nothing wrong with: %s", async (body) => {
    expect(await reasonOf(body)).toBeNull();
  });

  test("knows a target that exports a built-in's name", async () => {
    const body = "assert.equal(await Promise.resolve(1), 1);";
    expect(await reasonOf(body)).toBe("tautology");
    expect(await reasonOf(body, 'const Promise = require("../bluebird.js");')).toBeNull();
    expect(await reasonOf(body, 'import Promise from "../bluebird.js";')).toBeNull();
    expect(await reasonOf(body, 'import { Promise } from "../rsvp.js";')).toBeNull();
    expect(await reasonOf(body, "class Promise {}")).toBeNull();
  });

  test("calls a delay that the target exports no sleep", async () => {
    const body = "assert.equal(await delay(100), undefined);";
    expect(await reasonOf(body, 'import { delay } from "../index.js";')).toBeNull();
    expect(await reasonOf(body, 'const delay = require("../index.js");')).toBeNull();
  });

  test("reads TypeScript", async () => {
    const body = "const n = add(1 as number, 2)!; assert.equal(n satisfies number, 3);";
    expect(await reasonOf(body, "", "t.test.ts")).toBeNull();
    expect(await reasonOf("assert.equal(1 as number, 1);", "", "t.test.tsx")).toBe("tautology");
  });
});

describe("stand-ins", () => {
  test.each([
    "mock.method(box, 'open', () => 3); const opened = box.open(); assert.equal(opened, 3);",
    "mock.method(box, 'get', () => 7); const user = box.get('a') ?? load(7); assert.equal(user, 7);",
    "const api = { run: mock.fn(() => 5) }; assert.equal(await api.run(), 5);",
    "vi.spyOn(box, 'open').mockReturnValue(3); expect(box.open()).toBe(3);",
    "class Mine extends Box { open() { return 3; } } const box = new Mine(); assert.equal(box.open(), 3);",
    "const target = { emit: mock.fn(() => 1) }; target.emit(); assert.equal(target.emit.mock.calls[0].result, 1);",
  ])("that are asserted themselves: %s", async (body) => {
    expect(await reasonOf(body)).toBe("asserts-mock");
  });
});

describe("chance and waiting", () => {
  test.each([
    ["assert.ok(add(Math.random(), 1) > 0);", "unstable"],
    ["assert.ok(parse(crypto.randomUUID()) !== null);", "unstable"],
    [
      "const until = Date.now() + 60; while (Date.now() < until) {} assert.equal(level(), 2);",
      "sleeps",
    ],
    [
      "for (const at = performance.now(); performance.now() - at < 5; ) {} assert.equal(level(), 2);",
      "sleeps",
    ],
  ])("are found in: %s", async (body, reason) => {
    expect(await reasonOf(body)).toBe(reason);
  });
});

describe("functions that a file takes out of node:assert", () => {
  test.each([
    'import { equal, throws as fails } from "node:assert/strict";',
    'const { equal, throws: fails } = require("assert");',
  ])("are assertions: %s", async (header) => {
    expect(await reasonOf("equal(add(1, 2), 3);", header)).toBeNull();
    expect(await reasonOf("fails(() => parse(''), SyntaxError);", header)).toBeNull();
    expect(await reasonOf("equal(1, 1);", header)).toBe("tautology");
  });

  test("are none where the target exports such a name", async () => {
    const header = 'import { equal } from "../index.js";';
    expect(
      await reasonOf("const same = equal(1, 1); assert.equal(same, true);", header),
    ).toBeNull();
    expect(await reasonOf("equal(1, 1);", header)).toBe("no-assertion");
  });
});

describe("ways out of the process", () => {
  test.each([
    ["assert.ok(show(process.env));", ""],
    ["const { env } = globalThis.process; assert.ok(add(globalThis.process.env.HOME, 1));", ""],
    ["await fetch('http://127.0.0.1:1'); assert.equal(add(1, 2), 3);", ""],
    [
      "execSync('id'); assert.equal(add(1, 2), 3);",
      'import { execSync } from "node:child_process";',
    ],
    ["net.connect(1); assert.equal(add(1, 2), 3);", 'const net = require("net");'],
    ["assert.equal(add(1, 2), 3);", 'import net from "net";\nconst open = () => net.connect(1);'],
    ["const { exec } = require('child_process'); assert.equal(add(1, 2), 3);", ""],
    ["assert.equal(add(fs.readFileSync(join(homedir(), 'x')), 2), 3);", 'import fs from "fs";'],
    ["const { connect } = await import('node:tls'); assert.equal(add(1, 2), 3);", ""],
    ["assert.equal(parse(fs.readFileSync('/etc/passwd')), 3);", 'import fs from "node:fs";'],
    ["fs.writeFileSync('/var/x', ''); assert.equal(add(1, 2), 3);", 'import fs from "node:fs";'],
    ["assert.equal(add(1, 2), 3); process.exit(0);", ""],
    ["assert.equal(add(1, 2), 3);", "console.log(process.env);"],
  ])("are found in: %s", async (body, header) => {
    expect(await reasonOf(body, header)).toBe("reaches-outside");
  });

  test.each([
    ["assert.equal(join('/etc', 'passwd'), '/etc/passwd');", ""],
    ["assert.equal(read('a.txt'), fs.readFileSync('a.txt', 'utf8'));", 'import fs from "node:fs";'],
    ["assert.equal(await fetch('a'), 1);", 'import { fetch } from "../index.js";'],
    ["assert.equal(await client.fetch('a'), 1);", ""],
    ["assert.equal(add(1, 2), 3);", 'import { execSync } from "node:child_process";'],
    ["assert.equal(add(1, 2), 3);", 'const net = require("net");'],
    ["assert.equal(box.process.env, 1);", ""],
    ["process.chdir(folder); assert.equal(read('a.txt'), 1);", ""],
  ])("are none in: %s", async (body, header) => {
    expect(await reasonOf(body, header)).toBeNull();
  });
});

describe("tautologies", () => {
  test.each([
    "const x = add(1, 2); assert.equal(x, x);",
    "const x = add(1, 2); assert.deepStrictEqual(x.a[0], x.a[0]);",
    "assert.equal(1, 1);",
    "assert.equal(-1, -1);",
    "assert.equal(typeof 1, 'number');",
    "assert.equal(undefined, undefined);",
    "assert.deepEqual([1, { a: 2 }], [1, { a: 2 }]);",
    "assert.deepEqual(new Date(0), new Date(0));",
    "const three = 3; add(1, 2); assert.equal(three, 3);",
    "const row = parse('1'); assert.deepEqual(row, JSON.parse(JSON.stringify(row)));",
    "const list = plan(); assert.strictEqual(list.length, [...list].length);",
    "const input = [2, 1]; const before = input; sort(input); assert.deepEqual(input, before);",
    "const row = parse('1'); assert.deepEqual({ ...row }, structuredClone(row));",
    "const box = new Box(1); assert.ok(box !== undefined && box !== null);",
    "const box = new Box(1); assert.ok(box instanceof Box);",
    "const box = new Box(1); assert.ok(box);",
    "assert.notStrictEqual(new Box(), new Box());",
    "const lines = wrap('a b').split('\\n'); assert.ok(lines.length > 0);",
    "assert.ok(wrap('a b').split('\\n').length >= 1);",
    "assert.ok(true);",
    "assert(true);",
    "assert.ok('text');",
    "assert.ok(!false);",
    "assert.ok(`text`);",
    "assert.ok([]);",
    "assert.ok(x === x);",
    "assert.ok(Object.is(x, x));",
    "assert.ok(x || true);",
    "assert.ok(add(1, 2) !== {});",
    "assert.ok(items(1).length >= 0);",
    "assert.ok(Math.abs(add(1, 2)) >= 0);",
    "assert.equal(x === x, true);",
    "assert.equal(true, list(1).size >= 0);",
    "assert.notStrictEqual(add(1, 2), {});",
    "assert.notEqual([], make());",
    "assert.notEqual(1, 2);",
    "assert.throws(() => { throw new Error('mine'); });",
    "assert.doesNotThrow(() => {});",
    "assert.doesNotThrow(() => 1);",
    "const own = { a: 1 }; assert.equal(own.a, 1);",
    "assert.equal(Math.max(1, 2), 2);",
    "assert.match('text', /text/);",
    "assert.equal(await 3, 3);",
    "expect(true).toBe(true);",
    "expect(true).toBeTruthy();",
    "expect(1).to.equal(1);",
    "expect(true).to.be.true;",
    "expect(add(1, 2)).not.toBe({});",
    "expect(1).not.toBe(2);",
    "expect(() => {}).not.toThrow();",
    "chai.expect(1).to.equal(1);",
    "strictEqual(2, 2);",
    "assert.strict.equal(1, 1);",
    "assert.equal(1n, 1n);",
    "assert.equal(null, null);",
    "assert.equal(NaN, NaN);",
    "assert.equal(+1, 1);",
    "assert.equal(void 0, undefined);",
    "assert.ok(![]);",
    "assert.ok(/x/);",
    "assert.ok(`${1} item`);",
    "assert.deepEqual({ [1]: 2 }, { 1: 2 });",
    "assert.ok(a(1) || true);",
    "const twice = (x) => x * 2; add(1, 2); assert.equal({ a: twice(2) }.a, 4);",
    // One good assertion does not excuse a void one.
    "assert.equal(add(1, 2), 3); assert.ok(true);",
  ])("refuses: %s", async (body) => {
    expect(await reasonOf(body)).toBe("tautology");
  });
});

describe("other smells", () => {
  test.each([
    ["no-assertion", "add(1, 2);"],
    ["no-assertion", "expect.assertions(0); add(1, 2);"],
    ["no-assertion", "expect(add(1, 2));"],
    ["asserts-mock", "const spy = mock.fn(() => 1); each([1], spy); assert.equal(spy(), 1);"],
    ["asserts-mock", "const spy = vi.fn(() => 1); const r = spy(); expect(r).toBe(1); each(spy);"],
    ["asserts-mock", "const double = (x) => x * 2; map([1], double); assert.equal(double(2), 4);"],
    ["asserts-mock", "each([1], spy); expect(spy.mock.results[0].value).toBe(1);"],
    ["asserts-mock", "each([1], spy); assert.equal(spy.returnValues[0], 1);"],
    ["asserts-mock", "function one() { return 1; } use(one); assert.equal(one(), 1);"],
    ["sleeps", "await new Promise((r) => setTimeout(r, 50)); assert.equal(state(), 1);"],
    ["sleeps", "await new Promise((r) => setTimeout(r, ms)); assert.equal(state(), 1);"],
    ["sleeps", "await timers.setTimeout(5); assert.equal(state(), 1);"],
    ["sleeps", "setInterval(() => {}, 5); assert.equal(state(), 1);"],
    ["sleeps", "Atomics.wait(view, 0, 0, 5); assert.equal(state(), 1);"],
    ["sleeps", "const sleep = (ms) => go(ms); await sleep(5); assert.equal(state(), 1);"],
    ["over-mocked", "const a = mock.fn(); const b = jest.fn(); assert.equal(run(a, b), 1);"],
    ["over-mocked", "vi.mock('./a'); vi.spyOn(x, 'b'); expect(run()).toBe(1);"],
    ["absolute-path", "assert.equal(read('/tmp/x-1/a'), 1);"],
    ["absolute-path", "assert.equal(read('/home/me/a'), 1);"],
    ["absolute-path", "assert.throws(() => remove('/tmp'), /EROFS/);"],
    ["absolute-path", "assert.equal(move('a', '/box/project/dir'), 1);"],
    ["absolute-path", "assert.throws(() => link('/box/project', 'a'), /EXDEV/);"],
    ["absolute-path", "assert.equal(read('C:\\\\Users'), 1);"],
    ["absolute-path", "assert.throws(() => read(1), { message: 'no such file: /work/copy/a' });"],
    ["absolute-path", "assert.match(read(`/home/me/a`), /a/);"],
    ["absolute-path", "assert.match(read(1), /\\/tmp\\/a/);"],
    ["today-date", "assert.equal(format(1), '2026-11-24');"],
    ["today-date", "assert.equal(format(1), '2026-11-24T09:12:00.000Z');"],
    ["today-date", "assert.equal(format(1), '11/24/2026');"],
    ["today-date", "assert.equal(format(1), '24.11.2026');"],
    ["today-date", "assert.equal(format(1), 'Tue Nov 24 2026');"],
    ["today-date", "assert.equal(format(1), 'Nov 24, 2026');"],
    ["today-date", `assert.equal(stamp(), ${NOW + 5});`],
    ["today-date", `assert.equal(stamp(), ${NOW / 1000});`],
    ["build-failed", "assert.equal(add(1, 2), );;;)"],
  ])("says %s of: %s", async (reason, body) => {
    expect(await reasonOf(body)).toBe(reason);
  });

  test.each([
    "function wait(ms) { return new Promise((r) => setTimeout(r, ms)); }",
    "const wait = promisify(setTimeout);",
    'import { setTimeout as wait } from "node:timers/promises";',
    'const { setTimeout: wait } = require("node:timers/promises");',
  ])("knows a sleep that the file declares: %s", async (header) => {
    expect(await reasonOf("await wait(9); assert.equal(state(), 1);", header)).toBe("sleeps");
  });

  test("finds a path or date in the title too", async () => {
    const suite = aSuite(["assert.equal(add(1, 2), 3);"]);
    const [one] = suite.tests;
    const source = one!.printed.source.replace("case 0", "reads /home/me/x");
    const changed = { ...suite, tests: [{ ...one!, printed: { ...one!.printed, source } }] };
    expect((await findSmells(changed, NOW))[0]?.reason).toBe("absolute-path");
  });

  test("refuses the second of two tests that do the same", async () => {
    const suite = aSuite([
      "assert.equal(add(1, 2), 3);",
      "assert.equal(add(1,\n 2), 3);".replace("1,\n 2", "1, 2"),
      "assert.equal(add(1, 3), 4);",
    ]);
    expect(await findSmells(suite, NOW)).toEqual([
      { candidateId: "c1", reason: "duplicate", detail: 'does the same as "case 0"' },
    ]);
  });

  test("judges a file whose surroundings do not parse", async () => {
    expect(await reasonOf("assert.equal(add(1, 2), 3);", "const = ;")).toBeNull();
  });
});

describe("tests that only their runs can tell", () => {
  const suspicionOf = async (body: string): Promise<string | undefined> =>
    (await findSuspicions(aSuite([body]))).values().next().value;

  test.each([
    "const expected = slug('A b'); assert.equal(slug('A b'), expected);",
    "assert.deepEqual(parse('1'), parse('1'));",
  ])("are suspected: %s", async (body) => {
    expect(await reasonOf(body)).toBeNull();
    expect(await suspicionOf(body)).toBe("compares a call with itself");
  });

  test.each([
    "assert.equal(slug('A b'), slug('a B'));",
    "assert.equal(slug('A b'), 'a-b');",
    "const one = slug('A'); assert.equal(slug('A'), one); assert.equal(one, 'a');",
  ])("are not: %s", async (body) => {
    expect(await suspicionOf(body)).toBeUndefined();
  });
});
