import {
  buildApplication,
  buildRouteMap,
  help,
  version as versionFlag,
  type Application,
} from "@stricli/core";
import { completionCommand } from "./commands/completion.ts";
import { configRoutes } from "./commands/config.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { experimentRoutes } from "./commands/experiment.ts";
import { generateCommand } from "./commands/generate.ts";
import { improveCommand } from "./commands/improve.ts";
import { initCommand } from "./commands/init.ts";
import { interactiveCommand } from "./commands/interactive.ts";
import { llmRoutes, mockLlmCommand } from "./commands/llm.ts";
import { reportCommand } from "./commands/report.ts";
import { rerunCommand, resumeCommand } from "./commands/resume.ts";
import { runsRoutes } from "./commands/runs.ts";
import { serveCommand } from "./commands/serve.ts";
import { setupCommand } from "./commands/setup.ts";
import { verifyCommand } from "./commands/verify.ts";
import { whyCommand } from "./commands/why.ts";
import type { CliContext } from "./context.ts";

const FORMATTING = {
  caseStyle: "convert-camel-to-kebab",
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: false,
  disableAnsiColor: false,
} as const;

const DESCRIPTION = [
  "Regoose writes tests for JavaScript and TypeScript packages. It needs no model, no key and no network:",
  "it runs your code in a sandbox, searches for inputs that matter, and keeps a test only when it passes,",
  "is stable, was seen red on a mutant, and adds something.",
  "",
  "Start here:",
  "  regoose doctor                 is this machine ready?",
  "  regoose generate               write tests for the package in this folder",
  "  regoose generate src/a.ts#f    only for one export",
  "  regoose resume                 go on with a run that was stopped",
  "  regoose verify                 re-prove every test that was written",
  "  regoose improve --goal TEXT    let a model change code, and hold the changes to tests",
  "  regoose report latest --format html > report.html",
  "  regoose serve                  take runs over HTTP on this machine",
  "  regoose config print --origin  what settings count here, and why",
].join("\n");

/** The command tree. Each command loads its implementation only when it runs. */
export function createApplication(version: string): Application<CliContext> {
  const routes = buildRouteMap<string, CliContext>({
    routes: {
      generate: generateCommand,
      verify: verifyCommand,
      improve: improveCommand,
      resume: resumeCommand,
      why: whyCommand,
      rerun: rerunCommand,
      report: reportCommand,
      runs: runsRoutes,
      experiment: experimentRoutes,
      config: configRoutes,
      llm: llmRoutes,
      "mock-llm": mockLlmCommand,
      serve: serveCommand,
      doctor: doctorCommand,
      init: initCommand,
      setup: setupCommand,
      interactive: interactiveCommand,
      completion: completionCommand,
    },
    aliases: { health: "doctor" },
    docs: {
      brief: "Writes tests for your code and proves that each one is worth keeping",
      fullDescription: DESCRIPTION,
    },
  });
  return buildApplication(
    routes,
    {
      name: "regoose",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    },
    {
      help: help({
        brief: "Print help information and exit",
        formatting: FORMATTING,
        defaultForRouteMap: true,
      }),
      version: versionFlag({
        info: { currentVersion: version },
        brief: "Print version information and exit",
        alias: false,
      }),
    },
  );
}
