import type { SetupAnswers } from "../../app/setup/compose-setup.ts";
import type { SetupFacts } from "../../app/setup/inspect-setup.ts";
import type { CliContext } from "../context.ts";
import { createTerminalNeeded } from "../errors.ts";
import type { Prompts } from "../prompts/open-prompts.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

/** `regoose setup`. */
export async function runSetup(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    if (!this.canAsk || flags.json) {
      throw createTerminalNeeded(
        "setup",
        "`regoose init` writes the project's file, and docs/configuration.md shows yours",
      );
    }
    const { openPrompts } = await import("../prompts/open-prompts.ts");
    const written = await setUp(this, openPrompts(this), toCwd(this, flags));
    return { data: { written }, failure: null, print: () => undefined };
  });
}

/** Looks, asks, shows, and writes what was agreed to; answers the files that were written. */
export async function setUp(
  context: Pick<CliContext, "clock">,
  prompts: Prompts,
  cwd: string,
): Promise<readonly string[]> {
  const { inspectSetup } = await import("../../app/setup/inspect-setup.ts");
  const { composeSetup, writeSetup } = await import("../../app/setup/compose-setup.ts");
  prompts.begin("Regoose setup");
  const facts = await inspectSetup({ clock: context.clock }, cwd);
  prompts.show("What is here", describe(facts));
  const answers: SetupAnswers = {
    provider: await askProvider(prompts, facts),
    project: await askProject(prompts, facts),
  };
  const changes = composeSetup(facts, answers);
  if (changes.length === 0) {
    prompts.end("Everything stands as you want it already.");
    return [];
  }
  const { toUnifiedDiff } = await import("../../kernel/unified-diff.ts");
  for (const { file, text } of changes) {
    const diff = toUnifiedDiff([{ path: file.shownAs, before: file.text, after: text }]);
    const shown = file.text === null ? text : diff.split("\n").slice(3).join("\n");
    prompts.show(file.text === null ? `${file.shownAs} (new)` : file.shownAs, shown.trimEnd());
  }
  const question = changes.length === 1 ? "Write this file?" : "Write these files?";
  if (!(await prompts.confirm(question, true))) {
    prompts.end("Nothing was written.");
    return [];
  }
  const written = await writeSetup(changes);
  prompts.end(`Wrote ${written.join(" and ")}. Next: regoose doctor, then regoose generate`);
  return written;
}

function describe({ project, problem, sandbox, keys }: SetupFacts): string {
  return [
    project === null
      ? `project: none (${problem ?? ""})`
      : `project: ${project.name} in ${project.root}`,
    ...(project === null
      ? []
      : [`runner: ${project.runner}${project.isRunnerDetected ? "" : " (none found)"}`]),
    `sandbox: ${sandbox ?? "none works here; regoose doctor says why"}`,
    `keys in the environment: ${keys.map(({ variable }) => variable).join(", ") || "none"}`,
  ].join("\n");
}

const OTHERS = ["openai", "anthropic", "google", "deepseek"] as const;

async function askProvider(
  prompts: Prompts,
  { keys }: SetupFacts,
): Promise<SetupAnswers["provider"]> {
  const { VARIABLE_NAME } = await import("../../app/setup/compose-setup.ts");
  const { toUsualVariable } = await import("../../app/setup/inspect-setup.ts");
  const found = new Map(keys.map(({ provider, variable }) => [provider, variable]));
  const name = await prompts.select("Who writes tests beside the search?", [
    { value: "none", label: "Nobody: the search alone", hint: "no key, no network, no cost" },
    ...keys.map(({ provider, variable }) => ({
      value: provider,
      label: provider,
      hint: `key in ${variable}`,
    })),
    { value: "local", label: "A model on this machine", hint: "Ollama, llama-server, vLLM" },
    ...OTHERS.filter((one) => !found.has(one)).map((one) => ({
      value: one,
      label: one,
      hint: "no key found",
    })),
  ]);
  if (name === "none") return null;
  if (name === "local") {
    const baseUrl = await prompts.text("Address of the server", "http://127.0.0.1:11434/v1");
    const model = await prompts.text("Name of the model", "qwen3-coder");
    return { name, keyVariable: null, model, baseUrl, budgetUsd: null };
  }
  const keyVariable =
    found.get(name) ??
    (await prompts.text(
      "Variable that will hold the key (its name, not the key)",
      toUsualVariable(name),
      (text) =>
        VARIABLE_NAME.test(text) ? null : "The name of a variable, such as OPENAI_API_KEY",
    ));
  const budget = await prompts.text("Most that one run may cost, in dollars", "1", (text) =>
    /^\d{1,4}(?:\.\d{1,6})?$/u.test(text) ? null : "An amount such as 0.50",
  );
  return { name, keyVariable, model: null, baseUrl: null, budgetUsd: Number(budget) };
}

async function askProject(
  prompts: Prompts,
  { project, projectFile, sandbox }: SetupFacts,
): Promise<SetupAnswers["project"]> {
  if (project === null || projectFile === null) return null;
  const question =
    projectFile.text === null
      ? `Write ${projectFile.shownAs} for this project?`
      : `Change ${projectFile.shownAs}?`;
  if (!(await prompts.confirm(question, projectFile.text === null))) return null;
  const maxTime = await prompts.select(
    "How long may one run take?",
    [
      { value: "30s", label: "30 seconds" },
      { value: "60s", label: "1 minute" },
      { value: "5m", label: "5 minutes" },
    ],
    "60s",
  );
  const isStrict =
    sandbox === "namespace" &&
    (await prompts.confirm("Refuse to run where the strong sandbox does not work?", false));
  return { maxTime, sandbox: isStrict ? "namespace" : "auto" };
}
