import { describe, expect, test } from "vitest";

import { renderReport } from "../../../src/reporting/render-report.ts";
import {
  escapeMarkdown,
  renderMarkdown,
  toCode,
  toFence,
} from "../../../src/reporting/text/markdown.ts";
import { aData, aFault, aHostileInput, anInput, aVerdict, FILE, FINDING } from "./builders.ts";

describe("the Markdown report", () => {
  test("leads with what was kept and a table of figures", () => {
    const text = renderMarkdown(anInput());
    expect(text).toContain("## ✅ Regoose: sign 1.2.3");
    expect(text).toContain("**3 tests kept** in `test/regoose/`");
    expect(text).toContain("| Statements | 25.0 % | **75.0 %** | 3 of 4 |");
    expect(text).toContain("| Mutants detected | – | **50.0 %** | 4 of 8 |");
    expect(text).toContain("<summary>3 tests with proof</summary>");
    expect(text).toContain("| sign › returns 1 for n = 5 | 1 | 1 | 5/5 |");
    expect(text).toContain("<summary>1 mutant survived</summary>");
    expect(text).toContain("- 5 × adds no branch and no kill");
    expect(text).toContain("Prove it again: `regoose verify test/regoose`");
    expect(text).not.toContain("suspected bug");
    expect(text.endsWith("</sub>\n")).toBe(true);
  });

  test("shows findings with their failing test", () => {
    const text = renderMarkdown(
      anInput({ data: { findings: Array.from({ length: 7 }, () => FINDING) } }),
    );
    expect(text).toContain("### 🔎 7 suspected bugs");
    expect(text).toContain("- Observed: `throws TypeError: x is not a function`");
    expect(text).toContain('```js\ntest("sign accepts what its types allow", () => {');
    expect(text).toContain("…and 2 more in the HTML report.");
  });

  test("says why a finding is taken for a bug, where somebody said so", () => {
    const evidence = { ...FINDING.evidence, reasoning: ["It is *promised*.", "It is not kept."] };
    const text = renderMarkdown(anInput({ data: { findings: [{ ...FINDING, evidence }] } }));
    expect(text).toContain("- Because: It is &#42;promised&#42;.\n- Because: It is not kept.");
  });

  test("lists files where there are several and cuts long lists", () => {
    const map = Object.fromEntries(
      Array.from({ length: 40 }, (_unused, index) => [`src/f|${index}.js`, FILE]),
    );
    const summary = aData().coverage.suite;
    const text = renderMarkdown(
      anInput({
        admission: {
          coverage: { map, summary },
          mutants: Array.from({ length: 30 }, () => aVerdict({ status: "survived" })),
        },
      }),
    );
    expect(text).toContain("Coverage of 40 files");
    expect(text).toContain("| `src/f\\|0.js` | 75.0 % |");
    expect(text).toContain("…and 10 more.");
    expect(text).toContain("30 mutants survived");
  });

  test("lists faults that a model proposed and no test notices, as the text that they are", () => {
    const patches = [
      aFault({ replacement: "a ` b `` c | <img>\n# h", mutator: "<b>off</b> | `by` @one\n- item" }),
      ...Array.from({ length: 21 }, () => aFault({ replacement: "x".repeat(100) })),
      aFault({ file: "src/caught.js", status: "killed" }),
    ];
    const text = renderMarkdown(anInput({ admission: { patches } }));
    const start = text.indexOf("<summary>22 mutants proposed by a model survived</summary>");
    expect(start).toBeGreaterThan(0);
    const list = text.slice(start, text.indexOf("</details>", start));
    const [first = "", second] = list.split("\n").filter((line) => line.startsWith("- "));
    expect(first).toContain(
      "- `src/sign.js:2` &#60;b&#62;off&#60;/b&#62; &#124; &#96;by&#96; &#64;",
    );
    expect(first).toMatch(/: ```a ` b `` c \| <img>.*# h```$/u);
    expect(second).toBe(`- \`src/sign.js:2\` off by one: \`${"x".repeat(79)}…\``);
    expect(list).toContain("…and 2 more.");
    expect(list).not.toMatch(/^(?:# h|- item)/mu);
    expect(text).not.toContain("caught.js");
    expect(renderMarkdown(anInput())).not.toContain("proposed by a model");
  });

  test("an empty, degraded run says why", () => {
    const data = aData();
    const proof = { ...anInput().admission.proof, cards: [] };
    const text = renderMarkdown(
      anInput({
        project: { version: null },
        data: {
          outcome: "degraded",
          degradations: ["Time was up."],
          notes: ["<b>Chosen</b> for you."],
          suite: { ...data.suite, tests: 0, files: [] },
          candidates: { ...data.candidates, rejected: {} },
          coverage: { baseline: null, suite: data.coverage.suite },
          mutation: { baseline: data.mutation.suite, suite: data.mutation.suite },
        },
        admission: { proof, mutants: [] },
      }),
    );
    expect(text).toContain("## ⚠️ Regoose: sign\n");
    expect(text).toContain("**No test was kept.**");
    expect(text).toContain("> - Time was up.");
    expect(text).toContain("<summary>Notes</summary>\n\n- &#60;b&#62;Chosen");
    expect(text).not.toContain("Prove it again");
  });

  test("hostile text stays text", () => {
    const text = renderMarkdown(aHostileInput());
    const outside = text
      .replace(/(`{3,})js\n[\s\S]*?\n\1/g, "")
      .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toContain("<img");
    expect(outside).not.toContain("</script>");
    expect(outside).not.toMatch(/@user|#1\b/);
    expect(text).not.toMatch(/\u202e|\u2028/);
    expect(outside).not.toMatch(/^# h/m);
  });

  test("is what the format `markdown` renders", async () => {
    expect(await renderReport("markdown", anInput())).toBe(renderMarkdown(anInput()));
  });
});

describe("Markdown escapes", () => {
  test("mentions, references, links and markup mean nothing", () => {
    expect(escapeMarkdown("@a #1 *b* http://x www.y [z](q) $1")).toBe(
      "&#64;<!-- -->a &#35;<!-- -->1 &#42;b&#42; http&#58;//x www&#46;y &#91;z&#93;(q) &#36;1",
    );
  });

  test.each([
    ["a", "`a`"],
    ["", "` `"],
    ["a`b", "``a`b``"],
    ["`a", "`` `a ``"],
    ["a``b`", "``` a``b` ```"],
  ])("a code span holds %j", (text, code) => {
    expect(toCode(text)).toBe(code);
  });

  test("a fence is longer than any in its content and shows direction marks", () => {
    expect(toFence("a\n````\nb\t\u202e\n", "js")).toBe("`````js\na\n````\nb\t\\u202e\n`````");
  });
});
