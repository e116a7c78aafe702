import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { escapeHtml, html, raw, toScriptJson } from "../../../src/reporting/html/markup.ts";
import { highlight, paint, toTokens } from "../../../src/reporting/html/highlight.ts";
import { toMutationReport } from "../../../src/reporting/html/mutant-report.ts";
import { renderSource } from "../../../src/reporting/html/source-view.ts";
import { renderReport } from "../../../src/reporting/render-report.ts";
import {
  aData,
  aFault,
  aHostileInput,
  anInput,
  aVerdict,
  FILE,
  FINDING,
  HOSTILE,
  SOURCE,
} from "./builders.ts";

/** Elements of a page by a lexer that knows raw-text elements; attribute values decoded. */
function tagsOf(
  page: string,
): readonly { readonly name: string; readonly attributes: string; readonly text: string }[] {
  const tags: { name: string; attributes: string; text: string }[] = [];
  const pattern =
    /<!--[\s\S]*?-->|<(script|style)\b([^>]*)>([\s\S]*?)<\/\1\s*>|<([a-z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
  for (const match of page.matchAll(pattern)) {
    if (match[1] !== undefined)
      tags.push({ name: match[1], attributes: match[2] ?? "", text: match[3] ?? "" });
    else if (match[4] !== undefined)
      tags.push({ name: match[4], attributes: match[5] ?? "", text: "" });
  }
  return tags;
}

const ALLOWED_TAGS = new Set(
  (
    "html head meta title style body a header div span button svg path circle rect h1 h2 h3 h4 p b code dl dt dd nav main section aside ul li " +
    "article pre i small details summary table thead tbody tr th td footer script noscript input br"
  ).split(" "),
);

describe("the HTML report", () => {
  test("shows every part of the run", async () => {
    const page = await renderReport(
      "html",
      anInput({
        data: {
          findings: [FINDING],
          degradations: ["Time was up."],
          notes: ["<b>Chosen</b> for you."],
        },
      }),
    );
    for (const part of [
      "<title>sign · Regoose test report</title>",
      "Succeeded",
      "Time was up.",
      "<li>&lt;b&gt;Chosen&lt;/b&gt; for you.</li>",
      "1 suspected bug",
      "Undeclared exception",
      "3 tests, each with its proof",
      "Seen red on 1 mutant",
      "Only test on 1 branch",
      "Coverage of the suite",
      "never false",
      "6 candidates not kept",
      "differs between runs",
      "regoose verify",
      "namespace",
      "Apache License",
    ]) {
      expect(page).toContain(part);
    }
    expect(page.indexOf('data-tab="findings"')).toBeLessThan(page.indexOf('data-tab="tests"'));
  });

  test("asks nothing of the network and lets only its own scripts run", async () => {
    const page = await renderReport("html", anInput());
    const tags = tagsOf(page);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
    for (const tag of tags) {
      expect(tag.attributes).not.toMatch(/\s(?:src|srcset|action|formaction|on\w+|style)=/i);
      const href = /\shref="([^"]*)"/.exec(tag.attributes)?.[1];
      if (href !== undefined) expect(href.startsWith("#")).toBe(true);
    }
    const scripts = tags.filter((tag) => tag.name === "script" && !tag.attributes.includes("json"));
    expect(scripts).toHaveLength(3);
    for (const script of scripts) {
      expect(policy).toContain(createHash("sha256").update(script.text, "utf8").digest("base64"));
    }
  });

  test("cannot be broken out of by hostile text", async () => {
    const page = await renderReport("html", aHostileInput());
    const tags = tagsOf(page);
    for (const tag of tags) {
      expect(ALLOWED_TAGS.has(tag.name.toLowerCase()), tag.name).toBe(true);
      expect(tag.attributes).not.toMatch(/onerror/);
    }
    const data = tags.find((tag) => tag.attributes.includes("mutants-json"));
    expect(data!.text).not.toMatch(/[<>\u2028\u2029]/);
    const report = JSON.parse(data!.text) as ReturnType<typeof toMutationReport>;
    expect(report.files["src/sign.js"]!.mutants[0]!.replacement).toBe(HOSTILE);
    expect(page.replace(/<script[\s\S]*?<\/script>/g, "")).not.toMatch(/[\u202e\u2028]/);
  });

  test("shows faults that a model proposed and no test notices, as the text that they are", async () => {
    const hostile = "<img src=x onerror=alert(1)> | `a` \u202e";
    const patches = [
      aFault({ file: "src/fee.js", replacement: hostile, mutator: "<b>off</b> by one" }),
      aFault({ file: "src/caught.js", status: "killed" }),
    ];
    const page = await renderReport("html", anInput({ admission: { patches } }));
    const section = page.slice(page.indexOf("<h3>Proposed by a model</h3>"));
    const list = section.slice(0, section.indexOf("</table>"));
    expect(list).toContain("no test of the suite notices");
    expect(list).toContain("<code>src/fee.js:2</code>");
    expect(list).toContain("<td>&lt;b&gt;off&lt;/b&gt; by one</td>");
    expect(list).toContain("<code>&lt;img src=x onerror=alert(1)&gt; | &#96;a&#96; \\u202e</code>");
    expect(list).not.toContain("caught.js");
    // They count in no score, and stand in no viewer.
    const data = tagsOf(page).find((tag) => tag.attributes.includes("mutants-json"));
    expect(data?.text).not.toContain("fee.js");
  });

  test("says nothing of a model's faults where the suite notices all, or there are none", async () => {
    for (const patches of [[], [aFault({ status: "killed" })]]) {
      const page = await renderReport("html", anInput({ admission: { patches } }));
      expect(page).not.toContain("Proposed by a model");
    }
    expect(await renderReport("html", anInput())).not.toContain("Proposed by a model");
  });

  test("shows empty parts as such and leaves the viewer out where there are no mutants", async () => {
    const data = aData();
    const none = {
      killed: 0,
      timedOut: 0,
      survived: 0,
      notCovered: 0,
      loadTime: 0,
      notRun: 0,
      total: 0,
    };
    const page = await renderReport(
      "html",
      anInput({
        project: { version: null },
        rejections: [],
        sources: [],
        data: {
          outcome: "failed",
          suite: { ...data.suite, tests: 0, files: [] },
          candidates: {
            proposed: 0,
            admitted: 0,
            rejected: {},
            lostInWriting: { admitted: 0, lost: 0 },
          },
          coverage: {
            baseline: null,
            suite: { ...data.coverage.suite, branches: { covered: 0, total: 0 } },
          },
          mutation: { baseline: none, suite: none },
          sandbox: { level: "guarded", backend: "node", limits: [] },
          reproducible: false,
        },
        admission: {
          coverage: { map: {}, summary: data.coverage.suite },
          mutants: [],
          proof: { ...anInput().admission.proof, cards: [], mutants: [] },
        },
      }),
    );
    for (const part of [
      "No test was kept.",
      "Nothing suspicious was seen.",
      "No source file was loaded by the suite.",
      "No mutant was made of this code.",
      "Every candidate was kept.",
      "stops accidents, not attacks",
      "a watchdog fired",
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toContain(`id="mutants-json"`);
    expect(page).not.toContain(`id="viewer"`);
  });

  test("counts what it does not list", async () => {
    const base = anInput();
    const kills = Array.from({ length: 30 }, (_unused, index) => `m${index}`);
    const rejections = Array.from({ length: 900 }, () => base.result.rejections[0]!);
    const page = await renderReport(
      "html",
      anInput({
        rejections,
        sources: [],
        data: { candidates: { ...base.result.data.candidates, rejected: { "adds-nothing": 900 } } },
        admission: {
          proof: {
            ...base.admission.proof,
            cards: [
              {
                ...base.admission.proof.cards[0]!,
                kills,
                fullTitle: "no such test",
                onlyCovers: [],
              },
            ],
          },
        },
      }),
    );
    expect(page).toContain("and 18 more");
    expect(page).toContain("and 400 more");
    expect(page).toContain("Its source was not found in the file.");
    expect(page).toContain("The source of this file was not kept with the run.");
    expect(page).toContain("No branch is covered by it alone");
  });
});

describe("the mutation report", () => {
  test("follows schema 2: statuses by name, positions from 1", () => {
    const report = toMutationReport(anInput());
    expect(report.files["src/sign.js"]!.mutants.map((mutant) => mutant.status)).toEqual([
      "Killed",
      "Survived",
      "Timeout",
      "NoCoverage",
      "Ignored",
      "Pending",
    ]);
    expect(report.files["src/sign.js"]!.mutants[0]!.location).toEqual({
      start: { line: 2, column: 7 },
      end: { line: 2, column: 12 },
    });
    expect(report.files["src/sign.js"]!.mutants[4]).toMatchObject({
      static: true,
      statusReason: expect.any(String) as string,
    });
    const tests = report.testFiles["test/regoose/sign.test.js"]!.tests;
    expect(tests[0]).toEqual({
      id: "test/regoose/sign.test.js::sign > returns 1 for n = 5",
      name: "sign > returns 1 for n = 5",
      location: { start: { line: 7, column: 1 } },
    });
  });

  test.each([
    ["a.ts", "typescript"],
    ["a.mts", "typescript"],
    ["a.tsx", "tsx"],
    ["a.jsx", "jsx"],
    ["a.cjs", "javascript"],
  ])("%s is %s", (path, language) => {
    const input = anInput({
      sources: [{ path, content: "" }],
      admission: { mutants: [aVerdict({ file: path }), aVerdict({ file: "gone.js" })], files: {} },
    });
    const { files } = toMutationReport(input);
    expect(Object.keys(files)).toEqual([path]);
    expect(files[path]!.language).toBe(language);
  });
});

describe("source with coverage", () => {
  test("marks lines as run, partly run and missed", () => {
    const { markup } = renderSource(SOURCE, FILE);
    const rows = [...markup.matchAll(/<tr class="([^"]*)"><td class="ln">(\d+)/g)].map(
      ([, state, line]) => `${line}:${state}`,
    );
    expect(rows).toEqual(["1:", "2:part", "3:part", "4:", "5:", "6:miss", "7:"]);
    expect(markup).toContain('<b class="note">never false</b>');
    expect(markup).toContain('<i class="n br">0</i>');
    expect(markup).toContain("&lt;/script&gt;");
  });

  test("marks every line of a missed range, and an arm that was never true", () => {
    const coverage = {
      ...FILE,
      statementMap: {
        "0": { start: { line: 1, column: 0 }, end: { line: 3, column: 1 } },
        "1": { start: { line: 2, column: 2 }, end: { line: 2, column: 5 } },
      },
      s: { "0": 0, "1": 0 },
      b: { "0": [0, 2], "1": [0, 0] },
      branchMap: { ...FILE.branchMap, "2": FILE.branchMap["0"]! },
    };
    const { markup } = renderSource("f({\n  a,\n})\nb();\n", coverage);
    const states = [...markup.matchAll(/<tr class="([^"]*)">/g)].map(([, state]) => state);
    expect(states).toEqual(["miss", "miss", "miss", ""]);
    expect(markup).toContain("never true");
    expect(markup).not.toContain(" br");
  });

  test("a file without coverage has no marks, and a huge one is not shown", () => {
    expect(renderSource(SOURCE, null).markup).not.toMatch(/class="(?:hit|miss|part)"/);
    expect(renderSource("x\n".repeat(10_000), null).markup).toContain(
      "too long to show (10000 lines)",
    );
  });
});

describe("highlighting", () => {
  test.each([
    ["// c", "c"],
    ["/* c", "c"],
    ['"s', "s"],
    ["'s\\''", "s"],
    ["`s${1}\n`", "s"],
    ["0x1f", "n"],
    ["1_000.5e-3", "n"],
    ["return", "k"],
    ["call(", "f"],
    ["/re[/]+/g", "r"],
  ])("%j starts with %s", (source, style) => {
    expect(toTokens(source)[0]!.style).toBe(style);
  });

  test("a slash after a value divides", () => {
    expect(toTokens("a / b / c").map((span) => span.style)).toEqual([]);
    expect(toTokens("x = /b/").map((span) => span.style)).toEqual(["r"]);
    expect(toTokens("return /b/").map((span) => span.style)).toEqual(["k", "r"]);
    expect(toTokens("= / ").map((span) => span.style)).toEqual([]);
  });

  test("never loses or adds a character, whatever the source", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab1 \n\"'`/*\\<>&;=(){}".split("")), maxLength: 60 }),
        (source) => {
          expect(highlight(source).markup.replace(/<\/?i[^>]*>/g, "")).toBe(escapeHtml(source));
          const spans = toTokens(source);
          for (const [index, span] of spans.entries()) {
            expect(span.end).toBeGreaterThan(span.start);
            expect(span.start).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0);
          }
        },
      ),
    );
  });

  test("splits elements where layers cross", () => {
    expect(
      paint("abcdef", 1, 5, [
        [{ start: 0, end: 3, style: "x" }],
        [{ start: 2, end: 9, style: "y" }],
      ]),
    ).toBe('<i class="x">b</i><i class="x y">c</i><i class="y">de</i>');
  });
});

describe("markup", () => {
  test("escapes values and leaves markup alone", () => {
    expect(
      html`<p title="${'"'}">${"<b>"} ${1}${null}${raw("<i>")}${[html`<u>${"&"}</u>`]}</p>`.markup,
    ).toBe('<p title="&quot;">&lt;b&gt; 1<i><u>&amp;</u></p>');
  });

  test("makes control characters visible", () => {
    expect(escapeHtml("a\r\n\t\u0000\u202e`")).toBe("a\n\t\\u0000\\u202e&#96;");
  });

  test("JSON in a script neither ends it nor a line of it", () => {
    const text = toScriptJson({ a: "</script><!--\u2028\u2029" });
    expect(text).not.toMatch(/[<>\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual({ a: "</script><!--\u2028\u2029" });
  });
});
