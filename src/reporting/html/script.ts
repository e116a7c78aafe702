/**
 * The page's behaviour: tabs, theme, filter, copying, and the mutant viewer on first sight. Without
 * it every section is simply shown one below the other. Runs in the browser only; kept as text, so
 * that its hash can stand in the content security policy.
 */
export const SCRIPT: string = `
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const tabs = all('[role="tab"]');
  const panels = tabs.map((tab) => document.getElementById(tab.getAttribute("aria-controls")));
  const mountMutants = () => {
    const mount = document.getElementById("mte");
    const data = document.getElementById("mutants-json");
    if (!mount || !data || mount.childElementCount > 0 || !customElements.get("mutation-test-report-app")) return;
    const app = document.createElement("mutation-test-report-app");
    app.setAttribute("title-postfix", "mutants");
    app.report = JSON.parse(data.textContent);
    mount.append(app);
    const fix = () => { document.title = title; };
    new MutationObserver(() => { if (document.title !== title) fix(); }).observe(document.querySelector("title"), { childList: true });
  };
  const title = document.title;
  const select = (index, focus) => {
    tabs.forEach((tab, at) => {
      const on = at === index;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      panels[at].hidden = !on;
    });
    if (focus) tabs[index].focus();
    if (panels[index].id === "p-mutants") mountMutants();
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => select(index, false));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step === undefined ? null : (index + step + tabs.length) % tabs.length;
      if (to === null) return;
      event.preventDefault();
      select(to, true);
    });
  });
  const wanted = tabs.findIndex((tab) => tab.dataset.tab === location.hash.slice(1));
  const isMutantLink = /^#(mutant|test)(\\/|$)/.test(location.hash);
  const mutants = tabs.findIndex((tab) => tab.dataset.tab === "mutants");
  select(isMutantLink && mutants >= 0 ? mutants : Math.max(0, wanted), false);

  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("content").focus();
  });
  const theme = document.getElementById("theme");
  theme.hidden = false;
  const order = ["", "light", "dark"];
  const names = { "": "Theme: auto", light: "Theme: light", dark: "Theme: dark" };
  let chosen = "";
  theme.addEventListener("click", () => {
    chosen = order[(order.indexOf(chosen) + 1) % order.length];
    if (chosen === "") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    theme.textContent = names[chosen];
    const app = document.querySelector("mutation-test-report-app");
    if (app) app.theme = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  });

  const filter = document.getElementById("filter");
  if (filter) {
    const rows = all("details.test");
    const shown = document.getElementById("shown");
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
      let count = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) count += 1;
      }
      for (const group of all(".group")) group.hidden = !all("details.test", group).some((row) => !row.hidden);
      shown.textContent = count === rows.length ? rows.length + " tests" : count + " of " + rows.length + " tests";
    });
  }
  for (const code of all(".code")) {
    if (!navigator.clipboard) break;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.querySelector("pre").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    code.append(button);
  }
})();
`;
