import { plural } from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { toSuiteTests, type SuiteTest } from "../suite-tests.ts";
import { html, type Markup } from "./markup.ts";
import { renderCode } from "./sections.ts";

/** Entries shown of one proof; the rest is counted. */
const MAX_ENTRIES = 12;

/** Every kept test with its source and its proof card. */
export function renderTests(input: ReportInput): Markup {
  const tests = toSuiteTests(input);
  if (tests.length === 0) {
    return html`<h2>Tests</h2>
      <p class="intro"></p>
      <p class="empty">No test was kept.</p>`;
  }
  const mutants = new Map(input.admission.proof.mutants.map((mutant) => [mutant.id, mutant]));
  const files = [...new Set(tests.map((test) => test.file))];
  const groups = files.map((file) => {
    const own = tests.filter((test) => test.file === file);
    return html`<div class="group">
      <h3>${file}</h3>
      <div class="card">${own.map((test) => renderTest(test, mutants))}</div>
    </div>`;
  });
  return html`<h2>${plural(tests.length, "test")}, each with its proof</h2>
    <p class="intro">
      They record what the code does today. Every figure comes from runs of the written file.
    </p>
    <div class="tools">
      <input
        id="filter"
        type="search"
        placeholder="Filter by title, code or mutant"
        aria-label="Filter tests"
      /><span class="shown" id="shown" role="status">${plural(tests.length, "test")}</span>
    </div>
    ${groups}`;
}

type ProofMutants = ReadonlyMap<string, ReportInput["admission"]["proof"]["mutants"][number]>;

function renderTest(test: SuiteTest, mutants: ProofMutants): Markup {
  const { card } = test;
  const prefix = test.titles.slice(0, -1).join(" › ");
  return html`<details class="row test">
    <summary>
      <span class="t"
        >${prefix === "" ? null : html`<span class="pre">${prefix} › </span>`}${test.titles.at(-1) ?? card.fullTitle}</span
      >
      <span class="chips"
        ><span>kills <b>${card.kills.length}</b></span
        >${card.onlyCovers.length > 0 ? html`<span><b>${card.onlyCovers.length}</b> ${card.onlyCovers.length === 1 ? "branch" : "branches"} only here</span>` : null}</span
      >
    </summary>
    <div class="body">
      ${test.source === null ? html`<p class="empty">Its source was not found in the file.</p>` : renderCode(test.source)}
      <div class="proof">
        <div>
          <h4>Seen red on ${plural(card.kills.length, "mutant")}</h4>
          <ul>
            ${card.kills.slice(0, MAX_ENTRIES).map((id) => renderKill(id, mutants))}
          </ul>
          ${renderRest(card.kills.length)}
        </div>
        <div>
          <h4>
            ${card.onlyCovers.length === 0 ? "No branch is covered by it alone" : `Only test on ${plural(card.onlyCovers.length, "branch", "branches")}`}
          </h4>
          <ul>
            ${card.onlyCovers.slice(0, MAX_ENTRIES).map((counter) => html`<li><code>${counter}</code></li>`)}
          </ul>
          ${renderRest(card.onlyCovers.length)}
        </div>
      </div>
      <p class="meta">
        <span>card <code>${card.id}</code></span
        ><span>stable in ${plural(card.reruns, "fresh run")}</span><span>seed ${card.seed}</span
        ><span>${card.engine}</span
        >${test.line === null ? null : html`<span>line ${test.line}</span>`}
      </p>
    </div>
  </details>`;
}

function renderKill(id: string, mutants: ProofMutants): Markup {
  const mutant = mutants.get(id);
  if (mutant === undefined) return html`<li><code>${id}</code></li>`;
  const place = `${mutant.file}:${mutant.range.start.line}`;
  return html`<li>
    <span class="at mono">${place}</span
    ><code title="${mutant.mutator}"
      >${mutant.replacement === "" ? "(removed)" : mutant.replacement}</code
    >
  </li>`;
}

function renderRest(count: number): Markup | null {
  return count > MAX_ENTRIES ? html`<p class="meta">and ${count - MAX_ENTRIES} more</p>` : null;
}
