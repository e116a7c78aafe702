import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import { MODEL_ROLES, type ModelRole } from "../../contract/model/request.ts";
import type { CliContext } from "../context.ts";
import { createUsageError } from "../errors.ts";
import {
  type EstimateFlags,
  type ExplainParamsFlags,
  type LlmTestFlags,
  MODEL_FLAGS,
  type MockLlmFlags,
} from "./model-flags.ts";
import { SETTING_FLAGS } from "./setting-flags.ts";
import { createIntegerParser, SHARED_FLAGS, TARGETS_POSITIONAL } from "./shared-flags.ts";

const toText = (text: string): string => text;

function parseRole(text: string): ModelRole {
  const role = MODEL_ROLES.find((one) => one === text);
  if (role === undefined)
    throw createUsageError(`--role takes one of ${MODEL_ROLES.join(", ")}, not "${text}"`);
  return role;
}

const testCommand = buildCommand<LlmTestFlags, [], CliContext>({
  loader: async () => (await import("./llm-action.ts")).runLlmTest,
  parameters: { flags: { ...SHARED_FLAGS, ...MODEL_FLAGS } },
  docs: {
    brief: "Ask each configured model one small question: key, address, schema, speed, cost",
    fullDescription: [
      "Costs a few tokens a model.",
      "",
      "Exit codes: 0 at least one answered, 4 no key or a wrong one, 5 the provider fails, 6 budget, 75 try again later.",
    ].join("\n"),
  },
});

const explainCommand = buildCommand<ExplainParamsFlags, [], CliContext>({
  loader: async () => (await import("./llm-action.ts")).runExplainParams,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      ...MODEL_FLAGS,
      role: {
        kind: "parsed",
        parse: parseRole,
        brief: `Who asks: ${MODEL_ROLES.join(", ")}`,
        default: "check",
        placeholder: "ROLE",
      },
    },
  },
  docs: {
    brief: "Show the request that would be sent: body, address, and what was left out or renamed",
    fullDescription: "Sends nothing, and reads keys only to see that they are there.",
  },
});

const estimateCommand = buildCommand<EstimateFlags, string[], CliContext>({
  loader: async () => (await import("./llm-action.ts")).runEstimate,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      ...MODEL_FLAGS,
      gaps: {
        kind: "parsed",
        parse: createIntegerParser("gaps", 0),
        brief: "Gaps that the explorer is asked about",
        default: "10",
        placeholder: "N",
      },
      language: SETTING_FLAGS.language,
      testCommand: SETTING_FLAGS.testCommand,
      issue: {
        kind: "parsed",
        parse: toText,
        brief: "Issue that models would be shown, as plain text or Markdown",
        optional: true,
        placeholder: "FILE",
      },
    },
    positional: TARGETS_POSITIONAL,
  },
  docs: {
    brief: "Say what generate with a model may cost, before it is run",
    fullDescription:
      "Sends nothing and runs nothing: questions are measured, and prices come from the table.",
  },
});

export const llmRoutes: RouteMap<CliContext> = buildRouteMap<
  "test" | "explain-params" | "estimate",
  CliContext
>({
  routes: { test: testCommand, "explain-params": explainCommand, estimate: estimateCommand },
  docs: { brief: "Try the configured language models, and see what they are asked and cost" },
});

export const mockLlmCommand: Command<CliContext> = buildCommand<MockLlmFlags, [], CliContext>({
  loader: async () => (await import("./llm-action.ts")).runMockLlm,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      port: {
        kind: "parsed",
        parse: createIntegerParser("port", 0),
        brief: "Port on 127.0.0.1; 0 takes any that is free",
        default: "0",
        placeholder: "N",
      },
      script: {
        kind: "parsed",
        parse: toText,
        brief: "What is answered and what goes wrong, as YAML or JSON; docs/models.md shows one",
        optional: true,
        placeholder: "FILE",
      },
      seed: {
        kind: "parsed",
        parse: createIntegerParser("seed", 0),
        brief: "Seed of the jitter",
        default: "1",
        placeholder: "N",
      },
      recordings: {
        kind: "parsed",
        parse: toText,
        brief: "Folder of recorded answers: they are all that is answered",
        optional: true,
        placeholder: "DIR",
      },
      record: {
        kind: "parsed",
        parse: toText,
        brief: "Ask the provider at URL, and keep its answers in --recordings",
        optional: true,
        placeholder: "URL",
      },
    },
  },
  docs: {
    brief: "Serve a scripted language model on this machine, with faults on request",
    fullDescription: [
      "Speaks as OpenAI, Anthropic and Gemini do. Prints its address, and works until Ctrl-C or TERM.",
      "",
      "  regoose mock-llm --script script.yaml",
      "  regoose llm test --base-url http://127.0.0.1:PORT/v1 --model mock-model",
    ].join("\n"),
  },
});
