import { describe, expect, it } from "vitest";
import { createScratchProject } from "./scratch-project.ts";

const HEADER = `const { test, describe, beforeEach } = require("node:test"); const assert = require("node:assert");`;
const COUNTER = { "counter.js": "let n = 0; exports.next = () => { n += 1; return n; };\n" };
const toFile = (body: string): string => `${HEADER}\n${body}\n`;
const USES = `test("is first", () => assert.equal(require("../counter.js").next(), 1));`;

describe("files of node:test that share a process", () => {
  it("keep their names, their order of tests and their hooks to themselves", async () => {
    using project = createScratchProject("node", {});
    const report = await project.run({
      "test/a.test.js": toFile(
        `let ready = 0; beforeEach(() => { ready += 1; });
         test("same name", () => assert.equal(ready, 1));
         describe("group", () => { test("inner", () => assert.equal(ready, 2)); });`,
      ),
      "test/b.test.js": toFile(`test("same name", () => {});`),
      "test/c.test.js": toFile(`describe("group", () => { test("inner", () => {}); });`),
    });
    expect(report.end).toEqual({ kind: "finished" });
    expect(report.tests.map(({ file, fullTitle, status }) => [file, fullTitle, status])).toEqual([
      ["test/a.test.js", "same name", "passed"],
      ["test/a.test.js", "group > inner", "passed"],
      ["test/b.test.js", "same name", "passed"],
      ["test/c.test.js", "group > inner", "passed"],
    ]);
  });

  it("do not pay for what another file left behind", async () => {
    using project = createScratchProject("node", COUNTER);
    const files = ["a", "b", "c", "d"].map((name) => [`test/${name}.test.js`, toFile(USES)]);
    const report = await project.run(Object.fromEntries(files) as Record<string, string>);
    expect(report.end).toEqual({ kind: "finished" });
    expect(report.tests.map(({ status }) => status)).toEqual(Array(4).fill("passed"));
  });

  it("do not pay for a file that ends the process", async () => {
    using project = createScratchProject("node", {});
    const report = await project.run({
      "test/a.test.js": toFile(`test("ends", () => process.exit(0));`),
      "test/b.test.js": toFile(`test("stands", () => {});`),
      "test/c.test.js": toFile(`test("stands", () => {});`),
    });
    expect(report.end.kind).toBe("broken");
    const passed = report.tests.filter(({ status }) => status === "passed");
    expect(passed.map(({ file }) => file)).toEqual(["test/b.test.js", "test/c.test.js"]);
  });

  it("run in another order when asked, whole files among them", async () => {
    using project = createScratchProject("node", {});
    const body = toFile(["one", "two", "three"].map((t) => `test("${t}", () => {});`).join("\n"));
    const files = { "test/a.test.js": body, "test/b.test.js": body, "test/c.test.js": body };
    const orders = new Set<string>();
    for (const shuffleSeed of [1, 2, 3]) {
      const report = await project.run(files, { mode: { kind: "plain", shuffleSeed } });
      expect(report.tests).toHaveLength(9);
      orders.add(report.tests.map(({ file, fullTitle }) => file + fullTitle).join());
    }
    expect(orders.size).toBeGreaterThan(1);
  });
});

describe("a process that stays alive after its last test", () => {
  it("is ended, and what keeps it alive is named", async () => {
    using project = createScratchProject("node", {});
    const server = `require("node:http").createServer().listen(0);`;
    const report = await project.run({
      "test/a.test.js": toFile(`${server} test("passes", () => {});`),
    });
    expect(report.end).toMatchObject({ kind: "held-open", isFromLoading: true });
    expect(JSON.stringify(report.end)).toContain("TCPServerWrap");
    const late = await project.run({
      "test/a.test.js": toFile(`test("opens", () => { ${server} });`),
    });
    expect(late.end).toMatchObject({ kind: "held-open", isFromLoading: false });
  });
});
