import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { formatNumber } from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { renderHero } from "./hero.ts";
import { escapeHtml, html, raw, toScriptJson, type Markup } from "./markup.ts";
import { toMutationReport } from "./mutant-report.ts";
import { SCRIPT, VIEWER_SCRIPT } from "./script.ts";
import {
  renderCoverage,
  renderFindings,
  renderMutants,
  renderRejections,
  renderRun,
} from "./sections.ts";
import { STYLES } from "./styles.ts";
import { renderTests } from "./test-list.ts";

/**
 * One self-contained page: no request leaves it, and its policy lets only its own scripts run.
 * Inlines mutation-testing-elements (Apache-2.0) with its licence.
 */
export async function renderHtml(input: ReportInput): Promise<string> {
  const viewer = await readViewer();
  const sections = toSections(input);
  const { data, project } = input.result;
  const hasMutants = data.mutation.suite.total > 0;
  const scripts = hasMutants ? [SCRIPT, viewer.script, VIEWER_SCRIPT] : [SCRIPT];
  const body = html`<a class="skip" href="#content">Skip to the report</a>
    <header class="bar">
      <div class="wrap">
        <span class="brand">${LOGO} Regoose</span><span class="what">test report</span
        ><button id="theme" class="quiet" type="button" hidden>Theme: auto</button>
      </div>
    </header>
    <div class="hero"><div class="wrap">${renderHero(input)}</div></div>
    <nav class="tabs" aria-label="Parts of the report">
      <div class="wrap"><div role="tablist">${sections.map(renderTab)}</div></div>
    </nav>
    <main class="wrap" id="content" tabindex="-1">
      ${renderLeftOut(data.degradations)}${sections.map(renderPanel)}${renderNotes(data.notes)}
    </main>
    <footer>
      <div class="wrap">
        <p>
          Regoose run <code>${data.runId}</code>. The tests record present behaviour; a finding is a
          suspicion with evidence, not a verdict.
        </p>
        ${hasMutants ? renderLicence(viewer.licence) : null}
      </div>
    </footer>`;
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${toPolicy(scripts)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(project.name)} · Regoose test report</title>`,
    `<style>${STYLES}</style>`,
    "</head>",
    "<body>",
    body.markup,
    ...(hasMutants
      ? [
          `<script type="application/json" id="mutants-json">${toScriptJson(toMutationReport(input))}</script>`,
          `<script type="text/plain" id="viewer">${viewer.script}</script>`,
          `<script type="text/plain" id="viewer-start">${VIEWER_SCRIPT}</script>`,
        ]
      : []),
    `<script>${SCRIPT}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

interface Section {
  readonly id: string;
  readonly name: string;
  /** Shown beside the name; null for none. */
  readonly count: number | null;
  readonly isHot: boolean;
  readonly body: Markup;
}

function toSections(input: ReportInput): readonly Section[] {
  const { data } = input.result;
  const rejected = Object.values(data.candidates.rejected).reduce((sum, count) => sum + count, 0);
  const section = (id: string, name: string, count: number | null, body: Markup): Section => ({
    id,
    name,
    count,
    isHot: id === "findings" && count !== 0,
    body,
  });
  const findings = section(
    "findings",
    "Findings",
    data.findings.length,
    renderFindings(data.findings),
  );
  const tests = section("tests", "Tests", data.suite.tests, renderTests(input));
  return [
    // Findings come first where there are any; an empty list is not worth the first look.
    ...(data.findings.length > 0 ? [findings, tests] : [tests, findings]),
    section("coverage", "Coverage", null, renderCoverage(input)),
    section("mutants", "Mutants", data.mutation.suite.total, renderMutants(input)),
    section("not-kept", "Not kept", rejected, renderRejections(input)),
    section("run", "This run", null, renderRun(input)),
  ];
}

function renderTab({ id, name, count, isHot }: Section): Markup {
  const badge =
    count === null
      ? null
      : html`<span class="n${isHot ? " hot" : ""}">${formatNumber(count)}</span>`;
  return html`<button
    type="button"
    role="tab"
    id="t-${id}"
    data-tab="${id}"
    aria-controls="p-${id}"
    aria-selected="false"
  >
    ${name}${badge}
  </button>`;
}

function renderPanel({ id, body }: Section): Markup {
  return html`<section role="tabpanel" id="p-${id}" aria-labelledby="t-${id}">${body}</section>`;
}

function renderLeftOut(degradations: readonly string[]): Markup | null {
  if (degradations.length === 0) return null;
  return html`<aside class="left">
    <h2>Left out</h2>
    <ul>
      ${degradations.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </aside>`;
}

function renderNotes(notes: readonly string[]): Markup | null {
  if (notes.length === 0) return null;
  return html`<details>
    <summary>Notes</summary>
    <ul>
      ${notes.map((note) => html`<li>${note}</li>`)}
    </ul>
  </details>`;
}

function renderLicence(licence: string): Markup {
  return html`<details>
    <summary>
      The mutant viewer is mutation-testing-elements by the StrykerJS team, Apache License 2.0
    </summary>
    <pre>${licence}</pre>
  </details>`;
}

/** Only the given inline scripts run; nothing is fetched, framed or submitted. */
function toPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map(
    (script) => `'sha256-${createHash("sha256").update(script, "utf8").digest("base64")}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** The script and licence of the mutant viewer, from the installed package. */
async function readViewer(): Promise<{ readonly script: string; readonly licence: string }> {
  const entry = createRequire(import.meta.url).resolve(
    "mutation-testing-elements/mutation-test-elements.js",
  );
  const [script, licence] = await Promise.all([
    readFile(entry, "utf8"),
    readFile(join(dirname(entry), "..", "LICENSE"), "utf8"),
  ]);
  // An inline script ends at the first closing tag, whatever surrounds it.
  return { script: script.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--"), licence };
}

const LOGO: Markup = raw(
  '<svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true"><path fill="var(--accent)" d="M4 4.6C4 2.6 5.6 1 7.6 1c1.7 0 3.1 1.1 3.5 2.7L14 5l-2.9.9v3.2h4.4c3 0 5.5 2.4 5.5 5.5v.4A6 6 0 0 1 15 21H9.200A5.2 5.2 0 0 1 4 15.800z"/><circle cx="7.700" cy="4.400" r="1" fill="var(--surface)"/></svg>',
);
