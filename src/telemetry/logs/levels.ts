import { LOG_COMPONENTS, type LogComponent } from "../../ports/telemetry.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** A level for each component. */
export type LogLevels = Readonly<Record<LogComponent, LogLevel>>;

const DEFAULT_LEVEL: LogLevel = "info";

/**
 * Reads `info,search=debug`: one level for all, then exceptions. Parts that are neither are left out and named;
 * `source` is where the text comes from.
 */
export function parseLogLevels(
  text: string,
  source = "REGOOSE_LOG",
): {
  readonly levels: LogLevels;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  let base: LogLevel = DEFAULT_LEVEL;
  const own = new Map<LogComponent, LogLevel>();
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const [name = "", value] = part.split("=", 2);
    const level = LOG_LEVELS.find((one) => one === (value ?? name));
    const component = LOG_COMPONENTS.find((one) => one === name);
    if (level === undefined || (value !== undefined && component === undefined)) {
      problems.push(
        `${source}: "${part}" is not understood; write LEVEL or COMPONENT=LEVEL, with a level of ` +
          `${LOG_LEVELS.join(", ")} and a component of ${LOG_COMPONENTS.join(", ")}`,
      );
    } else if (component === undefined || value === undefined) base = level;
    else own.set(component, level);
  }
  const levels = Object.fromEntries(
    LOG_COMPONENTS.map((component) => [component, own.get(component) ?? base]),
  ) as LogLevels;
  return { levels, problems };
}
