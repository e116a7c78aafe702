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
  /** `$COLUMNS`, where it is a number. */
  readonly columns: number | null;
  /** Variables named `REGOOSE_…`, unparsed. */
  readonly settings: Readonly<Record<string, string>>;
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
  const xdg = read("XDG_CONFIG_HOME");
  const columns = Number(read("COLUMNS") ?? Number.NaN);
  return {
    isCi: isOn(read("CI")) || read("GITHUB_ACTIONS") !== null || read("GITLAB_CI") !== null,
    isColorDisabled:
      !isColorForced &&
      (read("NO_COLOR") !== null || read("TERM") === "dumb" || force === "0" || force === "false"),
    isColorForced,
    initCwd: read("INIT_CWD"),
    homeFolder,
    // The specification asks to ignore relative paths.
    configFolder: xdg !== null && isAbsolute(xdg) ? xdg : join(homeFolder, ".config"),
    columns: Number.isInteger(columns) && columns > 0 ? columns : null,
    settings: Object.fromEntries(
      Object.entries(variables).flatMap(([name, value]) =>
        name.startsWith("REGOOSE_") && value !== undefined && value !== "" ? [[name, value]] : [],
      ),
    ),
  };
}

/** One variable, for a reference `env:NAME` of the user's; null where it is unset or empty. */
export function readVariable(name: string, variables: Variables = process.env): string | null {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  return value === undefined || value === "" ? null : value;
}

function isOn(value: string | null): boolean {
  return value !== null && value !== "0" && value.toLowerCase() !== "false";
}
