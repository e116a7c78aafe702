import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Everything Regoose takes from its environment, read in one place. */
export interface Environment {
  readonly isCi: boolean;
  /** `NO_COLOR` is set (no-color.org) or the terminal is `dumb`, and `FORCE_COLOR` does not overrule it. */
  readonly isColorDisabled: boolean;
  readonly isColorForced: boolean;
  /** Folder in which the user typed `npm run …`; npm itself moves to the package root. Null outside npm. */
  readonly initCwd: string | null;
  readonly homeFolder: string;
  /** `$XDG_CONFIG_HOME`, or `~/.config` (XDG Base Directory Specification). */
  readonly configFolder: string;
  /** `$XDG_STATE_HOME`, or `~/.local/state` (same specification). */
  readonly stateFolder: string;
  /** `$COLUMNS`, where it is a number. */
  readonly columns: number | null;
  readonly telemetry: TelemetryEnvironment;
  /** `REGOOSE_CONFIG_SNAPSHOT`: path of the configuration that a server has handed to this run; null else. */
  readonly configSnapshot: string | null;
  /** Variables named `REGOOSE_…` that stand for settings, unparsed. */
  readonly settings: Readonly<Record<string, string>>;
  /** Variables that providers of models have made usual, unparsed. */
  readonly usual: Readonly<Record<string, string>>;
}

/** What the environment says about logs and traces. */
export interface TelemetryEnvironment {
  /** `REGOOSE_TELEMETRY=off`: a run leaves no logs, traces or metrics. */
  readonly isOff: boolean;
  /** `REGOOSE_LOG`, such as `info,search=debug`; empty for the defaults. */
  readonly levels: string;
  /** `REGOOSE_LOG_TO=stderr`: log lines go there too. */
  readonly toStderr: boolean;
  /** Null without `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly collector: CollectorEnvironment | null;
}

/** A collector of traces (OpenTelemetry specification, OTLP exporter). The exporter itself reads headers and compression. */
export interface CollectorEnvironment {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: base URL. */
  readonly endpoint: string;
  /** `OTEL_EXPORTER_OTLP_CERTIFICATE`, or the same for traces alone: a PEM file. */
  readonly authorities: string | null;
  /** `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, likewise. */
  readonly certificate: string | null;
  /** `OTEL_EXPORTER_OTLP_CLIENT_KEY`, likewise. */
  readonly key: string | null;
}

type Variables = Readonly<Partial<Record<string, string>>>;

/** Reads the process environment, or the given variables. Empty variables count as unset. */
export function readEnvironment(variables: Variables = process.env): Environment {
  const read = (name: string): string | null => {
    const value = variables[name];
    return value === undefined || value === "" ? null : value;
  };
  const force = read("FORCE_COLOR");
  const isColorForced = force !== null && force !== "0" && force !== "false";
  const homeFolder = read("HOME") ?? homedir();
  // The specification asks to ignore relative paths.
  const readFolder = (name: string): string | null => {
    const folder = read(name);
    return folder !== null && isAbsolute(folder) ? folder : null;
  };
  const columns = Number(read("COLUMNS") ?? Number.NaN);
  return {
    isCi: isOn(read("CI")) || read("GITHUB_ACTIONS") !== null || read("GITLAB_CI") !== null,
    isColorDisabled:
      !isColorForced &&
      (read("NO_COLOR") !== null || read("TERM") === "dumb" || force === "0" || force === "false"),
    isColorForced,
    initCwd: read("INIT_CWD"),
    homeFolder,
    configFolder: readFolder("XDG_CONFIG_HOME") ?? join(homeFolder, ".config"),
    stateFolder: readFolder("XDG_STATE_HOME") ?? join(homeFolder, ".local", "state"),
    columns: Number.isInteger(columns) && columns > 0 ? columns : null,
    telemetry: {
      isOff: isOff(read("REGOOSE_TELEMETRY")),
      levels: read(LOG_VARIABLE) ?? "",
      toStderr: read("REGOOSE_LOG_TO") === "stderr",
      collector: readCollector(read),
    },
    configSnapshot: read(SNAPSHOT_VARIABLE),
    settings: Object.fromEntries(
      Object.entries(variables).flatMap(([name, value]) =>
        isSetting(name) && value !== undefined && value !== "" ? [[name, value]] : [],
      ),
    ),
    usual: Object.fromEntries(
      Object.keys(USUAL_VARIABLES).flatMap((name) => {
        const value = read(name);
        return value === null ? [] : [[name, value]];
      }),
    ),
  };
}

function readCollector(read: (name: string) => string | null): CollectorEnvironment | null {
  const endpoint = read("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === null) return null;
  const readPath = (name: string): string | null =>
    read(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`);
  return {
    endpoint,
    authorities: readPath("CERTIFICATE"),
    certificate: readPath("CLIENT_CERTIFICATE"),
    key: readPath("CLIENT_KEY"),
  };
}

/** Usual variable → provider and key; of several for one key the first that is set counts. */
export const USUAL_VARIABLES: Readonly<
  Record<
    string,
    readonly [provider: string, key: "apiKey" | "baseUrl" | "organization" | "project"]
  >
> = {
  OPENAI_API_KEY: ["openai", "apiKey"],
  OPENAI_BASE_URL: ["openai", "baseUrl"],
  OPENAI_ORG_ID: ["openai", "organization"],
  OPENAI_PROJECT_ID: ["openai", "project"],
  DEEPSEEK_API_KEY: ["deepseek", "apiKey"],
  DEEPSEEK_BASE_URL: ["deepseek", "baseUrl"],
  ANTHROPIC_API_KEY: ["anthropic", "apiKey"],
  ANTHROPIC_BASE_URL: ["anthropic", "baseUrl"],
  GEMINI_API_KEY: ["google", "apiKey"],
  GOOGLE_GENERATIVE_AI_API_KEY: ["google", "apiKey"],
  GOOGLE_API_KEY: ["google", "apiKey"],
  GOOGLE_GEMINI_BASE_URL: ["google", "baseUrl"],
};

/** One variable, for a reference `env:NAME` of the user's; null where it is unset or empty. */
export function readVariable(name: string, variables: Variables = process.env): string | null {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  return value === undefined || value === "" ? null : value;
}

/** By which a server hands the configuration to a run. */
export const SNAPSHOT_VARIABLE = "REGOOSE_CONFIG_SNAPSHOT";

/** Levels of the log of a run. */
export const LOG_VARIABLE = "REGOOSE_LOG";

/** Variables of this process, and those given, for a process that it starts. */
export function toChildEnvironment(added: Readonly<Record<string, string>>): Variables {
  return { ...process.env, ...added };
}

const NO_SETTINGS: ReadonlySet<string> = new Set([
  "REGOOSE_TELEMETRY",
  LOG_VARIABLE,
  "REGOOSE_LOG_TO",
  SNAPSHOT_VARIABLE,
]);

function isSetting(name: string): boolean {
  return name.startsWith("REGOOSE_") && !NO_SETTINGS.has(name);
}

function isOff(value: string | null): boolean {
  return value !== null && ["off", "0", "false", "no"].includes(value.toLowerCase());
}

/** Names under which secrets travel. */
const SECRET_NAME =
  /TOKEN|SECRET|PASSW|PASSPHRASE|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL|AUTH|_HEADERS$/iu;

/** Values of variables that are secrets by their name, to be taken out of what is written down. */
export function readSecretValues(variables: Variables = process.env): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && value !== "" ? [value] : [],
  );
}

function isOn(value: string | null): boolean {
  return value !== null && value !== "0" && value.toLowerCase() !== "false";
}
