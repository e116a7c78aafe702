import type { ProposedFile } from "../../contract/agents.ts";
import type { ModelMessage } from "../../contract/model/request.ts";
import {
  quote,
  showIssue,
  toHouseRules,
  type ModuleContext,
  type ProjectContext,
} from "../context.ts";
import { readFiles } from "../read-answer.ts";
import type { Agent } from "./agent.ts";

/**
 * Asks for checks of what a module promises. It sees signatures, types and documentation and never a body, so what it
 * writes can disagree with the code: that is the point.
 */
export async function stateBehaviour(
  agent: Agent,
  project: ProjectContext,
  module: ModuleContext,
  signal: AbortSignal,
): Promise<readonly ProposedFile[]> {
  const { text } = await agent.ask(
    { messages: toOracleMessages(project, module), unit: "fence" },
    signal,
  );
  return readFiles(text, module.testPath, project.language);
}

export function toOracleMessages(
  project: ProjectContext,
  module: Omit<ModuleContext, "source">,
): readonly ModelMessage[] {
  return [
    {
      role: "system",
      text: `You check whether code does what its documentation promises. You are shown the promise, never the code.\n${toHouseRules(project, { ...module, source: "" })}`,
    },
    {
      role: "user",
      text: [
        `What ${module.specifier} exports:`,
        quote("surface", module.surface),
        ...(project.documentation === ""
          ? []
          : [`Documentation of ${project.name}:`, quote("documentation", project.documentation)]),
        ...showIssue(project),
        ...(module.callSites.length === 0
          ? []
          : [
              "How it is called elsewhere in the project:",
              quote("calls", module.callSites.join("\n")),
            ]),
        "Write tests for what these texts promise plainly: one test a promise, with a value that only the promised behaviour gives. Leave out what they do not say.",
      ].join("\n\n"),
    },
  ];
}
