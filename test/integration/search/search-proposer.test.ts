import { describe, expect, test } from "vitest";

import { propose } from "./scene.ts";

const CALCULATOR = `
class Calculator {
  constructor(start) { this.total = Number(start) || 0; }
  add(n) { if (n > 10) { this.total += 10; } else { this.total += n; } return this; }
  value() { return this.total; }
}
function describe(n) {
  if (typeof n !== "number") throw new TypeError("not a number");
  if (n === 42) return "the answer";
  return n < 0 ? "negative" : "positive";
}
module.exports = { Calculator, describe };
`;

describe("a search by executions", () => {
  test("writes the same on one worker and on two", { timeout: 300_000 }, async () => {
    const files = { "index.cjs": CALCULATOR };
    const one = await propose({ files, input: { workers: 1 } });
    const two = await propose({ files, input: { workers: 2 } });
    expect(one.reproducible).toBe(true);
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
  });

  test(
    "finds the operand that a branch asks for, methods on results, and kills",
    { timeout: 300_000 },
    async () => {
      const { candidates, loadFailures } = await propose({ files: { "index.cjs": CALCULATOR } });
      expect(loadFailures).toEqual({});
      const text = JSON.stringify(candidates);
      expect(text).toContain("the answer");
      expect(text).toContain('"kind":"threw"');
      expect(
        candidates.some(({ program }) => program.statements.some(({ kind }) => kind === "method")),
      ).toBe(true);
      expect(candidates.filter(({ claims }) => claims.kills.length > 0).length).toBeGreaterThan(3);
      expect(candidates.every(({ program }) => program.statements.length <= 8)).toBe(true);
    },
  );
});

test(
  "modules that do not load are named, and the others are searched",
  { timeout: 300_000 },
  async () => {
    const { candidates, loadFailures } = await propose({
      files: {
        "good.cjs": "exports.double = (n) => n * 2;",
        "throws.cjs": "throw new Error('no config');",
        "exits.cjs": "process.exit(3);",
        "prints.cjs": "for (let i = 0; i < 100000; i += 1) console.log('x'); exports.a = () => 1;",
        "missing.cjs": "require('not-installed-anywhere');",
        "loops.cjs": "for (;;) {}",
        "addon.cjs": "process.dlopen({}, require('node:path').join(__dirname, 'build/fast.node'));",
        "outer.cjs": "exports.inner = require('./inner.cjs');",
        "inner.cjs": "exports.a = (;",
        "deep.cjs": "exports.thrower = require('./throws.cjs');",
        "serves.cjs": "require('node:net').createServer().listen(0); exports.b = () => 2;",
      },
    });
    expect(Object.keys(loadFailures).sort()).toEqual([
      "addon.cjs",
      "deep.cjs",
      "exits.cjs",
      "inner.cjs",
      "loops.cjs",
      "missing.cjs",
      "outer.cjs",
      "throws.cjs",
    ]);
    expect(loadFailures["throws.cjs"]).toBe("Error: no config");
    // Where it happened, unless that is the module itself.
    expect(loadFailures["deep.cjs"]).toBe("Error: no config (in throws.cjs)");
    expect(loadFailures["outer.cjs"]).toMatch(/^SyntaxError: .* \(in inner\.cjs:1\)$/u);
    expect(loadFailures["loops.cjs"]).toMatch(/never ends.*endless loop/u);
    expect(loadFailures["addon.cjs"]).toMatch(/native addon.*build\/fast\.node/u);
    expect(loadFailures["missing.cjs"]).toContain("not-installed-anywhere");
    const modules = new Set(candidates.map(({ program }) => program.module));
    expect([...modules].sort()).toEqual(["good.cjs", "prints.cjs", "serves.cjs"]);
  },
);

test("promises, callbacks, timers and ES modules are followed", { timeout: 300_000 }, async () => {
  const { candidates } = await propose({
    files: {
      "index.mjs": `
        export async function later(n) { await null; if (n === 3) throw new Error("three"); return "later"; }
        export function nap() { return new Promise((resolve) => setTimeout(resolve, 50, "rested")); }
        export function* count() { yield "first"; yield "second"; }
      `,
    },
  });
  const text = JSON.stringify(candidates);
  expect(text).toContain('"later"');
  expect(text).toContain('"rested"');
  expect(text).toContain('"second"');
});

test(
  "programs on files run in the fixture folder and their changes are recorded",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "files.cjs": `
        const fs = require("fs");
        exports.save = () => { fs.writeFileSync("made.txt", "made"); return fs.readdirSync(".").length; };
        exports.first = (name) => fs.readFileSync("file.txt", "utf8").split("\\n")[0];
      `,
      },
    });
    const saved = candidates.find(({ recording }) => recording.files["made.txt"] === "made");
    expect(saved?.program.usesFixture).toBe(true);
    expect(JSON.stringify(candidates)).toContain('"hello"');
  },
);

test("what depends on the clock or on chance is not recorded", { timeout: 300_000 }, async () => {
  const { candidates } = await propose({
    files: {
      "index.cjs":
        "exports.now = () => Date.now(); exports.roll = () => Math.random(); exports.one = () => 1;",
    },
  });
  const callees = candidates.flatMap(({ program }) =>
    program.statements.map((step) => JSON.stringify(step)),
  );
  expect(callees.some((step) => step.includes('"one"'))).toBe(true);
  expect(callees.some((step) => step.includes('"now"') || step.includes('"roll"'))).toBe(false);
});

test(
  "a call that never returns is left out and the search goes on",
  { timeout: 300_000 },
  async () => {
    const { candidates, reproducible, notes } = await propose({
      files: {
        // A catastrophic regular expression runs natively: no loop fuel stops it.
        "index.cjs": `
        exports.stuck = () => /^(a+)+$/.test("a".repeat(60) + "b");
        exports.fine = (n) => (n > 1 ? "many" : "few");
      `,
      },
    });
    expect(reproducible).toBe(false);
    expect(notes.length).toBeGreaterThan(0);
    expect(JSON.stringify(candidates)).toContain('"few"');
  },
);

describe("loops whose steps are dear", () => {
  // Joining text makes each step copy all that came before.
  const DEAR = `
exports.repeat = (text, times) => {
  if (typeof text !== "string" || !Number.isInteger(times)) throw new TypeError("text, times");
  let all = "";
  for (let i = 0; i !== times; i += 1) { all += text; if (all > "zzzz") all = all.slice(0, 5); }
  return all;
};`;

  test(
    "are cut by the clock under a mutant without giving up the call",
    { timeout: 300_000 },
    async () => {
      const { candidates, degradations } = await propose({ files: { "index.cjs": DEAR } });
      expect(candidates.length).toBeGreaterThan(1);
      expect(degradations).toEqual([]);
    },
  );

  test("mark the run as not reproducible", { timeout: 300_000 }, async () => {
    const spin = `
exports.wait = (flag) => {
  if (flag !== true && flag !== false) return 0;
  if (flag === false) return 1;
  let text = "x".repeat(300_000);
  for (let i = 0; i < 100_000_000; i += 1) text = (text + i).split("").reverse().join("");
  return text.length;
};`;
    const { candidates, reproducible } = await propose({
      files: { "index.cjs": spin },
      input: { budget: { kind: "executions", count: 100 } },
    });
    expect(reproducible).toBe(false);
    expect(candidates.length).toBeGreaterThan(0);
  });
});

test(
  "what leaves a timer running makes no test, and costs the recordings no wait",
  { timeout: 300_000 },
  async () => {
    const { candidates, notes } = await propose({
      files: {
        "index.cjs": `
          exports.poll = (n) => { setInterval(() => {}, 1000 + n); return "polling"; };
          exports.watch = (n) => { setInterval(() => {}, 1000 + n).unref(); return "watching"; };`,
      },
    });
    const text = JSON.stringify(candidates);
    expect(text).toContain("watching");
    expect(text).not.toContain("polling");
    expect(notes.join("\n")).not.toContain("left something running");
  },
);

test(
  "what reads or writes outside the project makes no test, since it speaks of this machine",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "index.cjs": `
          const fs = require("fs");
          exports.roots = () => fs.readdirSync("/").length > 0 && "roots read";
          exports.host = () => { fs.writeFileSync("/regoose-was-here", "x"); return "host written"; };
          exports.gone = () => fs.existsSync("/not/there/at/all") ? "there" : "nothing there";
          exports.inside = () => fs.readdirSync(".").length > 0 && "inside read";`,
      },
    });
    const text = JSON.stringify(candidates);
    expect(text).toContain("nothing there");
    expect(text).toContain("inside read");
    expect(text).not.toMatch(/roots read|"roots"|"host"/u);
  },
);

test(
  "what tells the user or the machine it runs on is left out of what is recorded",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "index.cjs": `
          const os = require("os");
          exports.owner = (name) => ({ name: String(name), uid: process.getuid(), gid: process.getgid() });
          exports.machine = () => os.hostname() + "!";
          exports.same = () => "same everywhere";`,
      },
    });
    const text = JSON.stringify(candidates);
    expect(text).toContain("same everywhere");
    expect(text).toContain('"name"');
    expect(text).not.toMatch(/regoose!|pond-2!|:1000\b|:1742\b/u);
  },
);

test(
  "an order that a disk decides is left out of what is recorded",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "index.cjs": `
          const fs = require("fs");
          exports.race = async () => {
            const order = [];
            await Promise.all([1, 2].map(async (one) => {
              await fs.promises.stat(".");
              order.push("runner " + one);
            }));
            return order.join();
          };
          exports.single = async () => (await fs.promises.stat(".")).isDirectory() && "a folder";`,
      },
    });
    const text = JSON.stringify(candidates);
    expect(text).toContain("a folder");
    expect(text).not.toContain("runner 1");
  },
);

test(
  "what tells the folder it runs in is left out of what is recorded",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "index.cjs": `
          exports.depth = () => "depth " + process.cwd().split("/").length;
          exports.place = () => "place " + process.cwd().split("/").at(-1);
          exports.steady = () => "steady";`,
      },
    });
    const text = JSON.stringify(candidates);
    expect(text).toContain("steady");
    expect(text).not.toMatch(/depth \d|place \w/u);
  },
);

test(
  "what writes or removes at a fixed place makes no test, since that place is the user's where tests run",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "index.cjs": `
          const fs = require("fs"), os = require("os"), path = require("path");
          exports.wipe = (at) => { fs.rmSync(at ?? os.tmpdir() + "/somebody", { recursive: true, force: true }); return "wiped"; };
          exports.log = () => { fs.appendFileSync(os.tmpdir() + "/a.log", "line"); return "logged"; };
          exports.cache = () => { fs.writeFileSync(path.join(__dirname, "cache.json"), "{}"); return "cached"; };
          exports.temporary = () => {
            const folder = fs.mkdtempSync(path.join(os.tmpdir(), "own-"));
            fs.writeFileSync(path.join(folder, "a"), "b");
            fs.rmSync(folder, { recursive: true });
            return "made and removed";
          };
          exports.here = () => { fs.writeFileSync("out.txt", "x"); return "written here"; };`,
      },
    });
    const text = JSON.stringify(candidates);
    expect(text).toContain("made and removed");
    expect(text).toContain("written here");
    for (const one of ["logged", "cached"]) expect(text).not.toContain(`"${one}"`);
    const wipes = candidates.filter(({ program }) => JSON.stringify(program).includes('"wipe"'));
    // With a path of the fixture it may; without one it would remove a folder of the user's.
    expect(wipes.filter(({ program }) => !program.usesFixture)).toEqual([]);
    const bare = wipes.filter(({ program }) =>
      program.statements.some((one) => one.kind === "call" && one.args.length === 0),
    );
    expect(bare).toEqual([]);
  },
);

test(
  "a function that changes what others find does not hide what was there before it",
  { timeout: 300_000 },
  async () => {
    const { candidates } = await propose({
      files: {
        "index.cjs": `
          const rules = [];
          function addRule(match, answer) { rules.unshift([match, answer]); return exports; }
          addRule("goose", () => "geese");
          addRule("mouse", () => "mice");
          addRule("child", () => "children");
          addRule("person", () => "people");
          addRule("tooth", () => "teeth");
          exports.addRule = addRule;
          exports.find = (word) => {
            for (const [match, answer] of rules) {
              if (match instanceof RegExp ? match.test(word) : match === word)
                return typeof answer === "function" ? answer() : answer;
              // One that is empty matches anything.
              if (match === "" || match === null) return answer;
            }
            return "none";
          };`,
      },
      input: { budget: { kind: "executions", count: 12_000 } },
    });
    const text = JSON.stringify(candidates);
    for (const answer of ["geese", "mice", "children", "people", "teeth"])
      expect(text).toContain(answer);
    expect(text).toContain("addRule");
  },
);
