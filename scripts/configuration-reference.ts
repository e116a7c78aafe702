/** The generated files: `docs/configuration.md`, the JSON Schema that editors use, metrics and dashboards. */
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { type Reload, type Trust } from "../src/config/keys.ts";
import { PROVIDERS } from "../src/contract/metrics/labels.ts";
import { ATTRIBUTE_TEXTS } from "../src/config/flags/registry.ts";
import { BUILT_IN_PROFILES } from "../src/config/profiles.ts";
import { formatDuration } from "../src/config/duration.ts";
import {
  type ConfigReference,
  describeConfig,
  describeExperimentKeys,
  describeFileKeys,
  describeFlags,
  describeProviderKeys,
  describeServerKeys,
} from "../src/config/reference.ts";
import { toConfigJsonSchema } from "../src/config/schema.ts";
import { renderDashboards } from "./observability/dashboards.ts";
import { renderMetricsReference } from "./observability/metrics-reference.ts";

const ROOT = join(import.meta.dirname, "..");

/** Path in the repository → text of every generated file. */
export async function renderGeneratedFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    "docs/configuration.md": await toPretty("docs/configuration.md", renderReference()),
    "schema/regoose.config.schema.json": await toPretty(
      "schema/regoose.config.schema.json",
      JSON.stringify(toConfigJsonSchema()),
    ),
    "docs/metrics.md": await toPretty("docs/metrics.md", renderMetricsReference()),
    ...Object.fromEntries(
      await Promise.all(
        Object.entries(renderDashboards()).map(
          async ([path, text]) => [path, await toPretty(path, text)] as const,
        ),
      ),
    ),
  };
}

async function toPretty(path: string, text: string): Promise<string> {
  const filepath = join(ROOT, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

function renderReference(): string {
  return [
    "# Configuration",
    "<!-- Written by `npm run docs` from src/config/keys.ts and the schema; edit those. -->",
    "Every key is optional. A project keeps its settings in `regoose.config.yaml` (or `.yml`) beside `package.json`; what you want everywhere goes into your own file, `~/.config/regoose/config.yaml` (`$XDG_CONFIG_HOME` is honoured). `regoose init` writes a commented file with every key.",
    "## Precedence",
    "Later ones win: defaults, your own file, the project's file, the profile, `REGOOSE_…` variables, flags. A list is replaced as a whole; providers are merged key by key. `regoose config print --origin` shows what counts and where it comes from; `regoose config explain KEY` shows also what was overruled.",
    "## Settings",
    toTable(describeConfig()),
    "A duration is written `500ms`, `60s`, `2m`, `1h` or `1m30s`; a plain number means seconds. In a variable, a list is written with commas.",
    "## Keys about the file",
    toTable(describeFileKeys()),
    "## Profiles",
    "A profile is a named set of settings. None is in use unless it is named by `--profile`, `REGOOSE_PROFILE` or `profile:`. The bound on time of a built-in profile gives way to `maxExecutions`, as the default does.",
    toProfileTable(),
    "Your own stand under `profiles`, in either file; one with the name of a built-in profile adds to it, and the project's wins over yours.",
    ["```yaml", "profiles:", "  nightly:", "    maxTime: 10m", "    reruns: 20", "```"].join("\n"),
    "## Providers",
    `Names are free; kinds are ${PROVIDERS.join(", ")}. [models.md](models.md) shows them in use. Variables that providers have made usual, such as OPENAI_API_KEY, count where nothing else is said.`,
    toTable(describeProviderKeys()),
    "In a variable's name, `NAME` is the provider's name in capitals, with `_` for `-`.",
    "### References to secrets",
    "A key never stands in a configuration. It is named, fetched when it is needed, and printed as `[redacted]` everywhere:",
    [
      "- `env:NAME`: a variable of your environment.",
      "- `file:PATH`: an absolute path or `~/…`; a regular file of one line.",
      "- `cmd:COMMAND`: what a program prints. It runs in your home folder, without a shell and for at most 15 s; where you need a shell, name it: `cmd:sh -c 'pass show openai | head -1'`.",
    ].join("\n"),
    "## Server",
    "What `regoose serve` goes by. It serves its owner: flags, environment and your own file set these keys, a project's file only where you trust the project that the server was started in.",
    toTable(describeServerKeys()),
    "## Feature flags",
    "Ways of working that are both valid, so that a flag is nothing to be trusted with: what decides about safety is a setting. Each flag has an owner and a date by which it is decided and taken out.",
    toFlagTable(),
    "A plain value is for every run. Rules are tried in their order; the first whose conditions all hold decides, else `otherwise`, else the default:",
    [
      "```yaml",
      "flags:",
      "  searchBalance: mutants",
      "  fewestTests:",
      "    rules:",
      "      - when: { runner: [vitest, jest], typescript: true }",
      "        value: true",
      "      - percent: 20",
      "        value: true",
      "    otherwise: false",
      "```",
    ].join("\n"),
    "`percent` is a share of repositories, told apart by `repository` and `name` in `package.json`: the same ones each time, on every machine, and 30 % holds the ones that 20 % held. Two rules with `percent` share the same scale, so that after one with 20 another with 50 reaches the next 30 %. `when` may ask for:",
    toMarkdownTable(
      ["attribute", "is"],
      Object.entries(ATTRIBUTE_TEXTS).map(([name, text]) => [`\`${name}\``, text]),
    ),
    "Flags are evaluated once, by OpenFeature, when a run begins, and stand in its log with the reason; `regoose resume` and `rerun` go by what stands there.",
    "## Experiments",
    "An experiment deals the values of one flag out, by weight, and `regoose experiment report NAME` compares what came of it: mutation score, cost and time.",
    toTable(describeExperimentKeys()),
    [
      "```yaml",
      "experiments:",
      "  balance:",
      "    flag: searchBalance",
      "    variants: { coverage: 1, mutants: 1 }",
      "```",
    ].join("\n"),
    "A flag that `flags` or a variable sets is not dealt out. Where two sources name an experiment for the same flag, the later source wins. See [experiments.md](experiments.md).",
    "## Trust",
    "A project's own file is written by whoever wrote the project. It may raise the sandbox level, never lower it. `kind`, `apiKey`, `baseUrl`, `headers` and `certificate` of a provider count only from flags, environment and your own file. What does not count is ignored, and the run says so. The same holds for profiles that stand in the project's file, and for a profile of yours that the project's file names.",
    "Where the project is yours, list it in your own file, by its exact folder; only the rule about the sandbox level stays:",
    ["```yaml", "trustedProjects: [~/work/shop]", "```"].join("\n"),
    "The file itself may be no link, at most 1 MB of UTF-8, and not nested more deeply than a configuration is; twenty aliases are the most.",
    "## When a change counts",
    "For `regoose serve`, which watches your own file and those of the projects that it has runs for. `live`: at once. `next-run`: for runs that begin after the change; one that goes on keeps what it began with. `restart`: after a restart; until then `health` names it. A file that cannot be used changes nothing: the last good one counts, and `health`, the log and the metrics say why. See [server.md](server.md).",
    "## Editors",
    "`regoose config schema` prints the JSON Schema; it also stands in the package as [schema/regoose.config.schema.json](../schema/regoose.config.schema.json). A first line `# yaml-language-server: $schema=…`, as `regoose init` writes it, makes editors complete and check the file.",
    "## Versions",
    "`version: 1` names the form of the file. A file without it is read the same. `regoose config migrate` shows what bringing a file up to date would change, and writes it with `--yes`; comments, order and quotes stay.",
  ].join("\n\n");
}

const WHO: Readonly<Record<Trust, string>> = {
  anyone: "anyone",
  "raise-only": "project: raise only",
  owner: "you",
};

function toTable(rows: readonly ConfigReference[]): string {
  const code = (text: string | null): string => (text === null ? "" : `\`${text}\``);
  const cells = rows.map((row): readonly [...string[], Reload] => [
    code(row.key),
    row.description,
    row.type,
    code(row.defaultText),
    code(row.flag),
    code(row.variable),
    WHO[row.trust],
    row.reload,
  ]);
  return toMarkdownTable(
    ["key", "meaning", "type", "default", "flag", "variable", "set by", "reload"],
    cells,
  );
}

function toFlagTable(): string {
  const rows = describeFlags().map((flag) => [
    `\`${flag.key}\``,
    flag.description,
    flag.type,
    `\`${String(flag.defaultText)}\``,
    `\`${String(flag.variable)}\``,
    flag.owner,
    flag.expires,
    flag.reload,
  ]);
  return toMarkdownTable(
    ["flag", "decides", "values", "default", "variable", "owner", "until", "reload"],
    rows,
  );
}

function toProfileTable(): string {
  const rows = Object.entries(BUILT_IN_PROFILES).map(([name, { description, settings }]) => {
    const { maxTime, ...rest } = settings;
    const shown = {
      ...(maxTime === undefined ? {} : { maxTime: formatDuration(maxTime) }),
      ...rest,
    };
    const sets = Object.entries(shown).map(([key, value]) => `\`${key}: ${String(value)}\``);
    return [`\`${name}\``, description, sets.join(", ")];
  });
  return toMarkdownTable(["profile", "for", "sets"], rows);
}

function toMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const toRow = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [toRow(head), toRow(head.map(() => "---")), ...rows.map(toRow)].join("\n");
}
