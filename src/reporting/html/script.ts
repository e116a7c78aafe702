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
  const text = (id) => document.getElementById(id).textContent;
  const isDark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const themeMutants = () => {
    const frame = document.querySelector("#mte iframe");
    if (frame) frame.contentWindow.postMessage({ theme: isDark() ? "dark" : "light" }, "*");
  };
  // The viewer steers by the address and fixes parts to the window, so it gets a document of its own.
  const mountMutants = () => {
    const mount = document.getElementById("mte");
    if (!mount || mount.childElementCount > 0) return;
    const close = "</" + "script>";
    const page = ["<!doctype html><html lang=en><meta charset=utf-8><title>Mutants</title><body>",
      "<script type=application/json id=data>", text("mutants-json"), close,
      "<script>", text("viewer"), close, "<script>", text("viewer-start"), close];
    const frame = document.createElement("iframe");
    frame.className = "mte";
    frame.title = "Mutants on the source";
    mount.append(frame);
    // Written, not loaded: a written document takes this page's address, so that its links to "#…" stay inside it.
    const inner = frame.contentDocument;
    inner.open();
    inner.write(page.join(""));
    inner.close();
    themeMutants();
  };
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
  select(Math.max(0, wanted), false);

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
    themeMutants();
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

/** Starts the mutant viewer in its frame, with the parts hidden that the page around it has already. */
export const VIEWER_SCRIPT: string = `
(() => {
  "use strict";
  const app = document.createElement("mutation-test-report-app");
  app.report = JSON.parse(document.getElementById("data").textContent);
  const page = new CSSStyleSheet();
  page.replaceSync("body{margin:0;padding:4px 20px 20px;font-family:system-ui,sans-serif;background:#fff}body.dark{background:#18181b}");
  document.adoptedStyleSheets = [page];
  document.body.append(app);
  const inside = new CSSStyleSheet();
  inside.replaceSync("mte-theme-switch{display:none}h1{font-size:1.25rem!important;font-weight:650!important;margin-block:14px!important;letter-spacing:-.01em!important}");
  const dress = () => {
    const root = app.shadowRoot;
    if (root && !root.adoptedStyleSheets.includes(inside)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, inside];
  };
  dress();
  app.updateComplete.then(dress);
  addEventListener("message", (event) => {
    if (event.source !== parent || !event.data || !["light", "dark"].includes(event.data.theme)) return;
    app.theme = event.data.theme;
    document.body.classList.toggle("dark", event.data.theme === "dark");
  });
})();
`;
