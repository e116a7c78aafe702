import { buildCommand, buildRouteMap, type RouteMap } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type {
  ConfigCommandFlags,
  ConfigMigrateFlags,
  ConfigPrintFlags,
  ConfigValidateFlags,
} from "./config-flags.ts";
import { SETTING_FLAGS } from "./setting-flags.ts";
import { SHARED_FLAGS, type SharedFlags } from "./shared-flags.ts";

const toText = (text: string): string => text;
const PROFILE = { profile: SETTING_FLAGS.profile };
const OPTIONAL_FILE = {
  parse: toText,
  optional: true,
  placeholder: "FILE",
} as const;

const printCommand = buildCommand<ConfigPrintFlags, [], CliContext>({
  loader: async () => (await import("./config-action.ts")).runConfigPrint,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      origin: {
        kind: "boolean",
        brief:
          "Say where each value comes from: flag, variable, file with line and column, default",
        default: false,
        withNegated: false,
      },
      ...SETTING_FLAGS,
    },
  },
  docs: {
    brief: "Print the configuration that counts here",
    fullDescription: [
      "Prints YAML, secrets [redacted]. Takes the flags of generate, so that",
      "`regoose config print --origin --seed 7` shows what `regoose generate --seed 7` would go by.",
    ].join("\n"),
  },
});

const explainCommand = buildCommand<ConfigCommandFlags, [string], CliContext>({
  loader: async () => (await import("./config-action.ts")).runConfigExplain,
  parameters: {
    flags: { ...SHARED_FLAGS, ...PROFILE },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Key such as seed or providers.openai.apiKey",
          parse: toText,
          placeholder: "KEY",
        },
      ],
    },
  },
  docs: {
    brief: "Explain one key: meaning, value here, and every source that says something about it",
  },
});

const validateCommand = buildCommand<ConfigValidateFlags, [string?], CliContext>({
  loader: async () => (await import("./config-action.ts")).runConfigValidate,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      ...PROFILE,
      check: {
        kind: "boolean",
        brief:
          "Also fetch secrets, ask the configured addresses once, and look at tools and sandbox",
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { ...OPTIONAL_FILE, brief: "One file by itself [default = everything that counts here]" },
      ],
    },
  },
  docs: {
    brief: "List everything that is wrong, with file, line and column",
    fullDescription: [
      "Runs no command and asks no network unless --check is typed. --check sends no key anywhere: it asks each",
      "configured baseUrl by one HEAD request.",
      "",
      "Exit codes: 0 valid, 2 invalid, 7 valid, and a check found a problem.",
    ].join("\n"),
  },
});

const diffCommand = buildCommand<SharedFlags, [string, string], CliContext>({
  loader: async () => (await import("./config-action.ts")).runConfigDiff,
  parameters: {
    flags: { ...SHARED_FLAGS },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "File or profile", parse: toText, placeholder: "A" },
        { brief: "File or profile", parse: toText, placeholder: "B" },
      ],
    },
  },
  docs: {
    brief: "Compare two files or profiles, key by key",
    fullDescription:
      "A file is taken by itself over the defaults, a profile with everything that counts here. Ends with 0 also where they differ.",
  },
});

const schemaCommand = buildCommand<SharedFlags, [], CliContext>({
  loader: async () => (await import("./config-action.ts")).runConfigSchema,
  parameters: { flags: { ...SHARED_FLAGS } },
  docs: {
    brief: "Print the JSON Schema of a configuration file, for editors",
    fullDescription:
      "The same stands in the package as schema/regoose.config.schema.json; `regoose init` writes the line that editors look for.",
  },
});

const migrateCommand = buildCommand<ConfigMigrateFlags, [string?], CliContext>({
  loader: async () => (await import("./config-action.ts")).runConfigMigrate,
  parameters: {
    flags: {
      ...SHARED_FLAGS,
      yes: {
        kind: "boolean",
        brief: "Write the file; without it only the change is shown",
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { ...OPTIONAL_FILE, brief: "File to bring up to date [default = the project's own]" },
      ],
    },
  },
  docs: {
    brief: "Bring a configuration file to the present version; comments stay as they are",
  },
});

export const configRoutes: RouteMap<CliContext> = buildRouteMap<
  "print" | "explain" | "validate" | "diff" | "schema" | "migrate",
  CliContext
>({
  routes: {
    print: printCommand,
    explain: explainCommand,
    validate: validateCommand,
    diff: diffCommand,
    schema: schemaCommand,
    migrate: migrateCommand,
  },
  docs: {
    brief: "Look at the configuration: what counts, where it comes from, what is wrong",
    fullDescription: [
      "Flags win over REGOOSE_… variables, those over the profile, the project's regoose.config.yaml, your own",
      "~/.config/regoose/config.yaml, and the defaults. docs/configuration.md lists every key.",
      "",
      "Start here:",
      "  regoose config print --origin     what counts here, and why",
      "  regoose config explain sandbox    one key",
      "  regoose config validate --check   is everything there that the configuration needs?",
    ].join("\n"),
  },
});
