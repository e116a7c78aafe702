import { expect, test } from "vitest";

import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";
import { runCode } from "./run-code.ts";

/** Instruments `module.exports = BODY` and answers what the runtime saw and what the call returned. */
async function observe(body: string, call: string): Promise<{ seen: unknown; result: unknown }> {
  const source = { path: "target.js", content: `"use strict";\n${body}\n` };
  const { overlay, skipped } = await createSourceInstrumenter().searchBuild([source]);
  expect(skipped).toEqual([]);
  const observed = await runCode(
    overlay,
    `install(1e6, true); const target = require("./target.js"); seen.length = 0;
     const result = await (${call}); print({ seen, result });`,
  );
  return observed as { seen: unknown; result: unknown };
}

test.each([
  ["==", true],
  ["===", false],
  ["!=", false],
  ["!==", true],
  ["<", false],
  [">", false],
  ["<=", true],
  [">=", true],
])("both operands of %s are logged and its result is kept", async (operator, expected) => {
  const { seen, result } = await observe(
    `module.exports = (a, b) => a ${operator} b;`,
    `target(1, "1")`,
  );
  expect(seen).toEqual([["1", "1", operator]]);
  expect(result).toBe(expected);
});

test.each([
  ["includes", `target.includes("abc", () => "b")`, ["abc", "b", "includes"], true],
  ["startsWith", `target.startsWith("abc", () => "b")`, ["abc", "b", "startsWith"], false],
  ["endsWith", `target.endsWith("abc", () => "c")`, ["abc", "c", "endsWith"], true],
  ["indexOf", `target.indexOf("abc", () => "b")`, ["abc", "b", "indexOf"], 1],
  ["lastIndexOf", `target.lastIndexOf("abab", () => "b")`, ["abab", "b", "lastIndexOf"], 3],
  ["match", `target.match("abc", () => /b/)?.index`, ["abc", "/b/", "match"], 1],
  ["test", `target.test(/b/, () => "abc")`, ["/b/", "abc", "test"], true],
] as const)("receiver and argument of %s are logged", async (method, call, entry, expected) => {
  const body = `exports.${method} = (value, get) => value.${method}(get());`;
  const { seen, result } = await observe(body, call);
  expect(seen).toEqual([entry]);
  expect(result).toBe(expected);
});

test("each case of a switch is logged until one matches", async () => {
  const body = `module.exports = (x, f) => { switch (x.kind) { case "a": return 1; case f(): return 2; case "c": return 3; default: return 4; } };`;
  const { seen, result } = await observe(body, `target({ kind: "b" }, () => "b")`);
  expect(seen).toEqual([
    ["b", "a", "switch"],
    ["b", "b", "switch"],
  ]);
  expect(result).toBe(2);
});

test("operands are evaluated once, in order, also when they recurse, yield or await", async () => {
  const body = `
    const log = [];
    const note = (x) => { log.push(x); return x; };
    exports.order = () => { (note(1) < note(2)) === (note(3) < note(4)); return log.splice(0); };
    exports.depth = (n) => n > 0 && exports.depth(n - 1) === (n % 2 === 1);
    exports.items = () => { const it = (function* () { return (yield 1) === (yield 2); })(); it.next(); it.next("x"); return it.next("x").value; };
    exports.later = async () => (await 1) + 1 === (await 2);
    exports.methods = () => { note("abc").includes(note("b")); return log.splice(0); };
    exports.getter = () => { const o = { get s() { note("get"); return "abc"; } }; o.s.includes(note("arg")); return log.splice(0); };
    exports.reassigned = () => { let a = 1; const change = () => (a = 5); return a === change() || a; };
  `;
  const call = `Promise.all([target.order(), [0, 1, 2, 3, 4, 5].map(target.depth), target.items(), target.later(), target.methods(), target.getter(), target.reassigned()])`;
  const { result } = await observe(body, call);
  expect(result).toEqual([
    [1, 2, 3, 4],
    [false, false, true, true, false, false],
    true,
    true,
    ["abc", "b"],
    ["get", "arg"],
    5,
  ]);
});

test("optional chains, super and missing arguments behave as before", async () => {
  const body = `
    class Base { includes(x) { return x === 1; } }
    class Derived extends Base { includes(x) { return super.includes(x); } }
    exports.run = (a) => [a?.b.includes("x"), a?.includes("x"), a?.b?.includes(String(1)), new Derived().includes(1), "ab".includes(), "a".includes(...["a"]), "ab"["includes"]("b")];
  `;
  expect((await observe(body, `target.run(undefined)`)).result).toEqual([
    null,
    null,
    null,
    true,
    false,
    true,
    true,
  ]);
  expect((await observe(body, `attempt(() => target.run({ includes: () => 1 }))`)).result).toMatch(
    /^TypeError: Cannot read properties of undefined \(reading 'includes'\)$/,
  );
});

test("what says nothing about inputs is left alone", async () => {
  const body = `
    exports.run = (n, s) => { for (let i = 0; i < n; i++) { if (typeof s === "string") n--; } switch (typeof s) { case "string": return n; } };
    exports.Fields = class { static same = String(1) === String(1); method = (x = String(2) === String(2)) => x; };
  `;
  const { seen, result } = await observe(
    body,
    `[target.run(4, "x"), target.Fields.same, new target.Fields().method()]`,
  );
  expect(seen).toEqual([]);
  expect(result).toEqual([2, true, true]);
});

test("nothing is logged while the flag is off", async () => {
  const source = { path: "target.js", content: `module.exports = (a) => a === 1;` };
  const { overlay } = await createSourceInstrumenter().searchBuild([source]);
  const result = await runCode(overlay, `install(100); require("./target.js")(1); print(seen);`);
  expect(result).toEqual([]);
});
