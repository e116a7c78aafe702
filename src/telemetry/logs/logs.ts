import { pino } from "pino";

import type { Clock } from "../../kernel/clock.ts";
import {
  LOG_COMPONENTS,
  type LogComponent,
  type LogFields,
  type Logger,
} from "../../ports/telemetry.ts";
import type { Redact } from "../redact.ts";
import type { Correlation } from "../tracing/tracer.ts";
import type { LogLevels } from "./levels.ts";

export interface Logs {
  of(component: LogComponent): Logger;
  /** Takes effect with the next line. */
  setLevels(levels: LogLevels): void;
}

export interface LogsDeps {
  readonly clock: Clock;
  readonly redact: Redact;
  /** Null where lines belong to no run. */
  readonly correlation: () => Correlation | null;
  /** Gets whole lines without their end, redacted. Must neither throw nor block. */
  readonly write: (line: string) => void;
}

/** JSON lines by pino, each with what it belongs to. What leaves here has gone through `redact`. */
export function createLogs(
  deps: LogsDeps,
  options: { readonly levels: LogLevels; readonly base: LogFields },
): Logs {
  const root = pino(
    {
      level: "debug",
      base: options.base,
      timestamp: () => `,"time":"${new Date(deps.clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => toFields(deps.correlation()),
    },
    {
      write: (line: string) => {
        deps.write(deps.redact(line.trimEnd()));
      },
    },
  );
  const children = new Map(
    LOG_COMPONENTS.map((component) => [
      component,
      root.child({ component }, { level: options.levels[component] }),
    ]),
  );
  return {
    of: (component) => toLogger(children.get(component) ?? root),
    setLevels(levels) {
      for (const [component, child] of children) child.level = levels[component];
    },
  };
}

function toFields(correlation: Correlation | null): object {
  if (correlation === null) return {};
  const { traceId, spanId, action, attempt } = correlation;
  return { action, attempt, trace_id: traceId, span_id: spanId };
}

function toLogger(log: pino.Logger): Logger {
  return {
    debug: (message, fields) => {
      log.debug(fields ?? {}, message);
    },
    info: (message, fields) => {
      log.info(fields ?? {}, message);
    },
    warn: (message, fields) => {
      log.warn(fields ?? {}, message);
    },
    error: (message, fields) => {
      log.error(fields ?? {}, message);
    },
  };
}
