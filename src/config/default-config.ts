import type { ProjectInfo } from "../contract/project.ts";
import { type ConfigReference, describeConfig } from "./reference.ts";
import { CONFIG_VERSION } from "./schema.ts";

/**
 * The text of a `regoose.config.yaml` for a detected project: every key with its meaning and default, commented
 * out, and the detected runner set. Reading it back gives the defaults and that runner. `schemaAddress` is where
 * editors find the JSON Schema.
 */
export function renderDefaultConfig(
  project: Pick<ProjectInfo, "name" | "runner" | "isRunnerDetected" | "testsFolder">,
  schemaAddress: string,
): string {
  const header = [
    `# yaml-language-server: $schema=${schemaAddress}`,
    `# Regoose configuration of ${oneLine(project.name)}. Every key is optional; flags and REGOOSE_… variables win over this file.`,
    "# regoose config print --origin shows what counts; regoose config explain KEY explains one key.",
  ];
  const blocks = describeConfig().map((entry) => renderKey(entry, project));
  return `${header.join("\n")}\n\nversion: ${CONFIG_VERSION}\n\n${blocks.join("\n\n")}\n`;
}

function renderKey(
  entry: ConfigReference,
  project: Pick<ProjectInfo, "runner" | "isRunnerDetected" | "testsFolder">,
): string {
  const comment = `# ${entry.description}`;
  if (entry.key === "framework" && project.isRunnerDetected) {
    return `${comment}\nframework: ${project.runner}`;
  }
  if (entry.key === "out") return `${comment}\n# out: ${quote(`${project.testsFolder}/regoose`)}`;
  return `${comment}\n# ${entry.key}: ${entry.defaultText}`;
}

/** Names come from the project; a line break in one must not add a line of configuration. */
function oneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 100);
}

function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}
