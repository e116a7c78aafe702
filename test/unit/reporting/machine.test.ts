import { describe, expect, test } from "vitest";

import { renderReport } from "../../../src/reporting/render-report.ts";
import { element, escapeXml } from "../../../src/reporting/machine/xml.ts";
import { aHostileInput, anInput, FILE } from "./builders.ts";

/** Reads well-formed XML into nested tags; throws where it is not well-formed. */
function parseXml(
  text: string,
): readonly { readonly name: string; readonly attributes: string; readonly path: string }[] {
  const body = text.replace(/^<\?xml[^?]*\?>\s*(<!DOCTYPE[^>]*>\s*)?/, "");
  const open: string[] = [];
  const tags: { name: string; attributes: string; path: string }[] = [];
  const pattern =
    /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w-]+="[^"<>&]*(?:&(?:amp|lt|gt|quot|apos|#\d+);[^"<>&]*)*")*)(\/?)>|([^<]+)|(.)/gs;
  for (const [, close, name = "", attributes = "", selfClosing, content, bad] of body.matchAll(
    pattern,
  )) {
    if (bad !== undefined) throw new Error(`not well-formed at ${bad}`);
    if (content !== undefined) continue;
    if (close === "/") {
      if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
      continue;
    }
    tags.push({ name, attributes, path: [...open, name].join("/") });
    if (selfClosing !== "/") open.push(name);
  }
  if (open.length > 0) throw new Error(`${open.join()} left open`);
  return tags;
}

describe("LCOV", () => {
  test("has one record a file with functions, lines and branches", async () => {
    expect(await renderReport("lcov", anInput())).toBe(`TN:
SF:src/sign.js
FN:1,sign
FN:5,unused
FNF:2
FNH:1
FNDA:3,sign
FNDA:0,unused
DA:2,3
DA:3,1
DA:6,0
LF:3
LH:2
BRDA:2,0,0,3
BRDA:2,0,1,0
BRDA:3,1,0,1
BRDA:3,1,1,0
BRF:4
BRH:2
end_of_record
`);
  });

  test("keeps each record on its line whatever a name holds", async () => {
    const text = await renderReport("lcov", aHostileInput());
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(?:TN|SF|FN|FNF|FNH|FNDA|DA|LF|LH|BRDA|BRF|BRH):|^end_of_record$/);
  });
});

describe("Cobertura", () => {
  test("has the elements and attributes of its document type, in order", async () => {
    const tags = parseXml(await renderReport("cobertura", anInput()));
    expect(tags.map((tag) => tag.path).slice(0, 14)).toEqual([
      "coverage",
      "coverage/sources",
      "coverage/sources/source",
      "coverage/packages",
      "coverage/packages/package",
      "coverage/packages/package/classes",
      "coverage/packages/package/classes/class",
      "coverage/packages/package/classes/class/methods",
      "coverage/packages/package/classes/class/methods/method",
      "coverage/packages/package/classes/class/methods/method/lines",
      "coverage/packages/package/classes/class/methods/method/lines/line",
      "coverage/packages/package/classes/class/methods/method",
      "coverage/packages/package/classes/class/methods/method/lines",
      "coverage/packages/package/classes/class/methods/method/lines/line",
    ]);
    expect(tags[0]!.attributes).toBe(
      ' line-rate="0.6666" branch-rate="0.5" lines-covered="2" lines-valid="3" branches-covered="2" branches-valid="4" complexity="0" version="0.1" timestamp="1795508100000"',
    );
    const lines = tags
      .filter((tag) => tag.path.endsWith("class/lines/line"))
      .map((tag) => tag.attributes);
    expect(lines).toEqual([
      ' number="2" hits="3" branch="true" condition-coverage="50% (1/2)"',
      ' number="3" hits="1" branch="true" condition-coverage="50% (1/2)"',
      ' number="6" hits="0" branch="false"',
    ]);
  });

  test("groups files by folder, and the rate of nothing is 1", async () => {
    const empty = { ...FILE, statementMap: {}, fnMap: {}, branchMap: {}, s: {}, f: {}, b: {} };
    const input = anInput({
      data: { runId: "odd" },
      admission: {
        coverage: {
          map: { "index.js": empty, "src/a.js": FILE },
          summary: anInput().result.data.coverage.suite,
        },
      },
    });
    const tags = parseXml(await renderReport("cobertura", input));
    const packages = tags.filter((tag) => tag.name === "package").map((tag) => tag.attributes);
    expect(packages[0]).toContain('name="." line-rate="1" branch-rate="1"');
    expect(packages[1]).toContain('name="src"');
    expect(tags[0]!.attributes).toContain('timestamp="0"');
  });

  test("stays well-formed with hostile names", async () => {
    parseXml(await renderReport("cobertura", aHostileInput()));
  });
});

describe("JUnit", () => {
  test("has one case a test with its proof as properties", async () => {
    const tags = parseXml(await renderReport("junit", anInput()));
    expect(tags[0]!.attributes).toContain('tests="3" failures="0"');
    const cases = tags.filter((tag) => tag.name === "testcase").map((tag) => tag.attributes);
    expect(cases).toHaveLength(3);
    expect(cases[0]).toBe(
      ' classname="test/regoose/sign.test.js &gt; sign" name="returns 1 for n = 5" file="test/regoose/sign.test.js" line="7"',
    );
    const properties = tags.filter(
      (tag) => tag.path === "testsuites/testsuite/testcase/properties/property",
    );
    expect(properties.map((tag) => tag.attributes)).toContain(' name="regoose.kills" value="1"');
    const facts = tags
      .filter((tag) => tag.path === "testsuites/testsuite/properties/property")
      .map((tag) => tag.attributes);
    expect(facts).toContain(' name="regoose.sandbox" value="namespace (bubblewrap)"');
  });

  test("stays well-formed with hostile titles", async () => {
    parseXml(await renderReport("junit", aHostileInput()));
  });
});

describe("XML", () => {
  test("escapes what ends a value and drops what XML cannot hold", () => {
    expect(escapeXml("a<b>\"'&\n\t\r\u0000\ud800\uffff")).toBe(
      "a&lt;b&gt;&quot;&apos;&amp;&#10;&#9;&#13;���",
    );
  });

  test("elements nest", () => {
    expect(element("a", { x: 1 }, [element("b", {})])).toBe('<a x="1">\n  <b/>\n</a>');
  });
});

describe("JSON", () => {
  test("is the data of `generate --json` with tests, rejections and mutants beside it", async () => {
    const input = anInput();
    const report = JSON.parse(await renderReport("json", input)) as Record<string, unknown>;
    expect(report).toMatchObject({
      ...input.result.data,
      project: input.result.project,
      rejections: input.result.rejections,
    });
    expect(report["tests"]).toHaveLength(3);
    expect((report["tests"] as unknown[])[0]).toMatchObject({ id: "00000000000000c1", line: 7 });
    expect(report["mutants"]).toHaveLength(6);
  });
});
