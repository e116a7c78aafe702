import { expect, test } from "vitest";

import { createSourceInstrumenter } from "../../../../src/adapters/instrument/source-instrumenter.ts";
import { runCode } from "./run-code.ts";

const LOOPS = `
exports.plain = () => { for (;;); };
exports.while = () => { while (true); };
exports.doWhile = () => { do ; while (true); };
exports.forOf = () => { for (const x of (function* () { while (true) yield 1; })()) x; };
exports.recursion = (n) => n < 2 ? 1 : exports.recursion(n - 1) + exports.recursion(n - 2);
exports.swallow = () => { let rounds = 0; while (true) { try { for (;;); } catch { rounds++; } } };
exports.pattern = () => { try { for (;;); } catch ({ message }) { return message; } };
exports.named = () => { try { for (;;); } catch (error) { return "swallowed " + error; } };
exports.tidy = (list) => { try { for (;;); } finally { list.push("tidied"); } };
exports.ordinary = () => { try { throw new Error("mine"); } catch ({ message }) { var twice = message + message; return twice; } };
exports.labelled = () => { outer: for (const a of [1, 2]) for (const b of [1, 2]) { if (b === 2) continue outer; if (a === 2) break outer; } return "done"; };
exports.Derived = class extends Array { constructor() { super(); this.x = (() => 1)(); } get size() { return this.x; } };
exports.later = async () => { for (;;) await null; };
`;

const NAMES = ["plain", "while", "doWhile", "forOf", "swallow", "pattern", "named"];
const DRIVE = `
install(500);
const target = require("./loops.js");
const ended = {};
for (const name of ${JSON.stringify(NAMES)}) { install(500); ended[name] = attempt(() => target[name]()); }
install(500);
ended.recursion = attempt(() => target.recursion(40));
install(500);
const list = [];
ended.tidy = attempt(() => target.tidy(list));
install(500);
ended.later = await target.later().catch((error) => attempt(() => { throw error; }));
install(500);
print({ ended, list, ordinary: target.ordinary(), labelled: target.labelled(), size: new target.Derived().size });
`;

test.each(["searchBuild", "mutantBuild"] as const)(
  "%s ends every loop and recursion that runs out of fuel, whatever catches it",
  async (name) => {
    const build = await createSourceInstrumenter()[name]([{ path: "loops.js", content: LOOPS }]);
    const names = [...NAMES, "recursion", "tidy", "later"];
    expect(await runCode(build.overlay, DRIVE)).toEqual({
      ended: Object.fromEntries(names.map((each) => [each, "out of fuel"])),
      list: ["tidied"],
      ordinary: "minemine",
      labelled: "done",
      size: 1,
    });
  },
);

test("without a runtime nothing is ever stopped", async () => {
  const content = `exports.sum = (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum; };`;
  const build = await createSourceInstrumenter().searchBuild([{ path: "sum.js", content }]);
  const result = await runCode(
    build.overlay,
    `const { sum } = require("./sum.js");
     const first = sum(10);
     globalThis.__regoose__.fuel = 3;
     print([first, sum(100), globalThis.__regoose__.isOutOfFuel(new Error())]);`,
  );
  expect(result).toEqual([45, 4950, false]);
});

test("fuel leaves a function its name", async () => {
  const content = `const f = (a) => a; const g = function () {}; module.exports = [f.name, g.name];`;
  const build = await createSourceInstrumenter().mutantBuild([{ path: "names.js", content }]);
  expect(await runCode(build.overlay, `print(require("./names.js"));`)).toEqual(["f", "g"]);
});
