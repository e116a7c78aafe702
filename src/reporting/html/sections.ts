import type { MutantVerdict } from "../../contract/admission.ts";
import type { Finding } from "../../contract/candidate.ts";
import type { MutationCounts } from "../../contract/mutant.ts";
import type { CoverageCount } from "../../contract/coverage.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  KIND_TEXTS,
  plural,
  REASON_TEXTS,
  toFileRows,
  toPercent,
  toWhyNot,
} from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { renderBar, toTone } from "./hero.ts";
import { highlight } from "./highlight.ts";
import { html, raw, type Markup } from "./markup.ts";
import { renderSource } from "./source-view.ts";

/** Rows of one list; more are counted. */
const MAX_ROWS = 500;

export function renderFindings(findings: readonly Finding[]): Markup {
  if (findings.length === 0) {
    return html`<h2>Findings</h2>
      <p class="intro">Calls that broke what the declarations promise.</p>
      <p class="empty">Nothing suspicious was seen.</p>`;
  }
  return html`<h2>${plural(findings.length, "suspected bug")}</h2>
    <p class="intro">
      Each was seen in fresh processes and comes with a test that fails today. None of it is
      asserted in the suite.
    </p>
    ${findings.map(renderFinding)}`;
}

function renderFinding(finding: Finding): Markup {
  const { evidence } = finding;
  return html`<article class="card finding">
    <div class="top">
      <span class="tag">${KIND_TEXTS[finding.kind] ?? finding.kind}</span
      ><code>${finding.where}</code><span>reproduced ${plural(evidence.reproduced, "time")}</span>
    </div>
    <h3>${finding.summary}</h3>
    <dl class="vs">
      <dt>Observed</dt>
      <dd><code>${evidence.observed}</code></dd>
      <dt>Expected</dt>
      <dd>${evidence.expected}</dd>
      ${(evidence.reasoning ?? []).map(
        (line, index) =>
          html`<dt>${index === 0 ? "Because" : ""}</dt>
            <dd>${line}</dd>`,
      )}
    </dl>
    ${renderCode(evidence.test)}
  </article>`;
}

export function renderCode(source: string): Markup {
  return html`<div class="code">
    <pre tabindex="0"><code>${highlight(source.trimEnd())}</code></pre>
  </div>`;
}

export function renderCoverage(input: ReportInput): Markup {
  const { map } = input.admission.coverage;
  const sources = new Map(input.sources.map((source) => [source.path, source.content]));
  const rows = toFileRows(map);
  if (rows.length === 0) {
    return html`<h2>Coverage</h2>
      <p class="intro"></p>
      <p class="empty">No source file was loaded by the suite.</p>`;
  }
  const files = rows.map((row) => {
    const source = sources.get(row.path);
    const body =
      source === undefined
        ? html`<p class="empty">The source of this file was not kept with the run.</p>`
        : renderSource(source, map[row.path] ?? null);
    const percent = toPercent(row.statements);
    return html`<details class="row">
      <summary>
        <span class="t">${row.path}</span
        ><span class="nums"
          >${renderBar(percent ?? 0, null, toTone(percent))}${renderShare(row.statements)}${renderShare(row.branches)}${renderShare(row.functions)}</span
        >
      </summary>
      <div class="body" tabindex="0">${body}</div>
    </details>`;
  });
  return html`<h2>Coverage of the suite</h2>
    <p class="intro">
      Measured on the written files alone, run by the project’s own runner in a fresh process.
    </p>
    <p class="legend">
      <span class="l-good">run</span><span class="l-warn">run, but a branch was never taken</span
      ><span class="l-bad">never run</span>
    </p>
    <div class="card cov">
      <div class="head">
        <span class="t">File</span
        ><span class="nums"
          ><span></span><span>Statements</span><span>Branches</span><span>Functions</span></span
        >
      </div>
      ${files}
    </div>`;
}

function renderShare(count: CoverageCount): Markup {
  return count.total === 0
    ? html`<span class="zero">–</span>`
    : html`<span title="${`${count.covered} of ${count.total}`}">${formatCount(count)}</span>`;
}

const STATUS_ROWS: readonly (readonly [keyof MutationCounts, string, string, string])[] = [
  ["killed", "killed", "f-good", "l-good"],
  ["timedOut", "timed out", "f-accent", "l-accent"],
  ["survived", "survived", "f-bad", "l-bad"],
  ["notCovered", "not covered", "f-warn", "l-warn"],
  ["loadTime", "run only while loading", "f-faint", "l-faint"],
  ["notRun", "not run", "track", "l-line"],
];

export function renderMutants(input: ReportInput): Markup {
  const counts = input.result.data.mutation.suite;
  if (counts.total === 0) {
    return html`<h2>Mutants</h2>
      <p class="intro"></p>
      <p class="empty">No mutant was made of this code.</p>`;
  }
  let at = 0;
  const parts = STATUS_ROWS.map(([key, , tone]) => {
    const width = (100 * counts[key]) / counts.total;
    const rect = `<rect class="${tone}" x="${at.toFixed(3)}" width="${width.toFixed(3)}" height="10"/>`;
    at += width;
    return rect;
  });
  const legend = STATUS_ROWS.filter(([key]) => counts[key] > 0).map(
    ([key, name, , mark]) =>
      html`<span class="${mark}">${formatNumber(counts[key])} ${name}</span>`,
  );
  return html`<h2>Mutants</h2>
    <p class="intro">
      Small changes made to the code on purpose. A test that turns red on one would catch that
      mistake; survivors show where the suite is still blind.
    </p>
    ${raw(`<svg class="stack" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${parts.join("")}</svg>`)}
    <p class="legend">${legend}</p>
    <noscript>${renderSurvivors(input.admission.mutants)}</noscript>
    <div id="mte"></div>
    ${renderModelMutants(input.admission.patches ?? [])}`;
}

/** Faults that a model proposed and no test notices; they count in no score. */
function renderModelMutants(patches: readonly MutantVerdict[]): Markup {
  const living = patches.filter((verdict) => verdict.status === "survived");
  if (living.length === 0) return html``;
  return html`<h3>Proposed by a model</h3>
    <p class="intro">
      Faults after this project's own fixes that no test of the suite notices. They stand beside the
      mutants above and count in no score.
    </p>
    ${renderSurvivors(living)}`;
}

function renderSurvivors(mutants: readonly MutantVerdict[]): Markup {
  const survivors = mutants.filter((verdict) => verdict.status === "survived").slice(0, MAX_ROWS);
  return html`<table class="list">
    ${survivors.map(
      ({ mutant }) =>
        html`<tr>
          <td><code>${mutant.file}:${mutant.range.start.line}</code></td>
          <td>${mutant.mutator}</td>
          <td><code>${mutant.replacement}</code></td>
        </tr>`,
    )}
  </table>`;
}

export function renderRejections({ result }: ReportInput): Markup {
  const { rejections } = result;
  const reasons = Object.entries(result.data.candidates.rejected).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) {
    return html`<h2>Not kept</h2>
      <p class="intro"></p>
      <p class="empty">Every candidate was kept.</p>`;
  }
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const groups = reasons.map(([reason, count]) => {
    const own = rejections.filter((rejection) => rejection.reason === reason);
    const shown = own.slice(0, Math.max(20, Math.floor((MAX_ROWS * count) / total)));
    const rest = count - shown.length;
    return html`<details class="row">
      <summary>
        <span class="t">${REASON_TEXTS[reason] ?? reason}</span
        ><span class="chips"
          ><span><b>${formatNumber(count)}</b></span></span
        >
      </summary>
      <div class="body">
        <table class="list">
          <thead>
            <tr>
              <th>Candidate</th>
              <th>Evidence</th>
            </tr>
          </thead>
          <tbody>
            ${shown.map(
              (rejection) =>
                html`<tr>
                  <td>${rejection.title ?? html`<code>${rejection.candidateId}</code>`}</td>
                  <td>${rejection.detail}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        ${rest > 0 ? html`<p class="meta">and ${formatNumber(rest)} more</p>` : null}
      </div>
    </details>`;
  });
  return html`<h2>${plural(total, "candidate")} not kept</h2>
    <p class="intro">
      The gate asks the same of every candidate. What fails any condition is left out, with the
      reason.
    </p>
    <div class="card">${groups}</div>`;
}

export function renderRun({ result }: ReportInput): Markup {
  const { data, project } = result;
  const lost = data.candidates.lostInWriting;
  const fact = (name: string, value: Markup | string): Markup =>
    html`<dt>${name}</dt>
      <dd>${value}</dd>`;
  const phases = Object.entries(data.timings).sort(([, a], [, b]) => b - a);
  return html`<h2>This run</h2>
    <p class="intro">What was asked, where it ran, and how to check it.</p>
    <div class="facts">
      <div class="card">
        <h3>Facts</h3>
        <dl>
          ${fact("Run", html`<code>${data.runId}</code>`)}${fact("Target", html`<code>${project.target}</code>`)}
          ${fact("Engine", data.engine)}${fact("Seed", String(data.seed))}${fact("Runner", data.runner)}
          ${fact("Executions", formatNumber(data.executions))}
          ${fact("Reproducible", data.reproducible ? "yes" : `no: ${toWhyNot(data)}`)}
          ${fact("Lost in writing", lost.admitted === 0 ? "none" : `${lost.lost} of ${lost.admitted} admitted tests`)}
        </dl>
      </div>
      <div class="card">
        <h3>Sandbox</h3>
        <dl>
          ${fact("Level", html`<b>${data.sandbox.level}</b>`)}${fact("Backend", data.sandbox.backend)}
          ${fact("Limits", html`${data.sandbox.limits.map((limit) => html`${limit}<br />`)}`)}
        </dl>
        ${data.sandbox.level === "guarded" ? html`<p>The guarded level stops accidents, not attacks.</p>` : null}
      </div>
      <div class="card">
        <h3>Prove it again</h3>
        <p>
          Re-runs every test and its mutants against the proof cards. Needs no model and no network;
          ends with 0 only if every card still holds.
        </p>
        <pre><code>regoose verify ${data.suite.directory}</code></pre>
      </div>
      <div class="card">
        <h3>Time</h3>
        <dl>${phases.map(([phase, durationMs]) => fact(phase, formatDuration(durationMs)))}</dl>
      </div>
    </div>`;
}
