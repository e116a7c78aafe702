import type { Reload } from "../../config/keys.ts";
import type { ConfigChange } from "../../config/reload/config-changes.ts";
import type { DoctorCheck } from "../check.ts";
import { type ShownValue, toShownValue, toYamlText } from "../config/shown-value.ts";
import type { KeptView, LiveConfig, LiveEvent } from "./live-config.ts";

/** Something that a server has to say about its configuration. Holds no secret. */
export interface ConfigNews {
  readonly name: "config-applied" | "config-refused" | "config-mended";
  readonly data: Readonly<Record<string, unknown>>;
  /** For people, one line or more. */
  readonly text: string;
  readonly level: "info" | "warn";
}

/** One key that changed, as it may be shown. */
export interface ShownChange {
  readonly key: string;
  readonly reload: Reload;
  readonly before: ShownValue;
  readonly after: ShownValue;
  /** Where the new value comes from; null where nothing sets the key any more. */
  readonly origin: string | null;
}

/** Puts an event into words. */
export function toNews(config: LiveConfig, { project, event }: LiveEvent): ConfigNews {
  const whose = project === null ? "configuration" : `configuration of ${project}`;
  switch (event.kind) {
    case "applied": {
      const { kept, gone } = event;
      const changes = event.changes.map(toShownChange);
      const pending = project === null ? config.pending().map(toShownChange) : [];
      const data = {
        ...{ project, version: kept.version, changes, gone },
        pendingRestart: pending.map(({ key }) => key),
        ignored: [...kept.loaded.degradations, ...kept.loaded.notes],
      };
      const said =
        changes.length === 0 ? "nothing that counts has changed" : changes.map(toText).join(", ");
      const lost = gone
        .map((file) => `; ${file} is gone or empty, so its settings are too`)
        .join("");
      const text = `${whose}: version ${kept.version} counts: ${said}${lost}`;
      return { name: "config-applied", data, text, level: gone.length > 0 ? "warn" : "info" };
    }
    case "refused": {
      const { message } = event.refusal;
      const text = `${whose}: the last good one counts, since what stands there cannot be used: ${message}`;
      return { name: "config-refused", data: { project, message }, text, level: "warn" };
    }
    case "mended":
      return {
        name: "config-mended",
        data: { project },
        text: `${whose}: the files are again what counts`,
        level: "info",
      };
  }
}

/** What a health check says of the configurations that a server keeps; never a reason to be not ready. */
export function toConfigChecks(config: LiveConfig): readonly DoctorCheck[] {
  const pending = config.pending().map(toShownChange);
  const restart: readonly DoctorCheck[] =
    pending.length === 0
      ? []
      : [
          {
            name: "configuration (restart)",
            status: "warning",
            detail: `${pending.map(toText).join(", ")}: counts after a restart`,
            fix: "restart the server when it suits you, or undo the change",
          },
        ];
  return [...config.views().flatMap(toCheck), ...restart];
}

function toCheck({ project, keeper }: KeptView): readonly DoctorCheck[] {
  const { kept, refusal } = keeper;
  const name = project === null ? "configuration" : `configuration of ${project}`;
  if (refusal !== null) {
    const detail = `since ${refusal.since} what stands there cannot be used, and version ${kept.version} of ${kept.since} counts: ${refusal.message}`;
    return [{ name, status: "warning", detail, fix: "correct the file; it is read at once" }];
  }
  // Projects are worth a line where something is wrong with them.
  if (project !== null) return [];
  const { files, notes, degradations } = kept.loaded;
  const from = files.length === 0 ? "no file, defaults count" : files.join(", ");
  const ignored = [...degradations, ...notes];
  const detail = [`version ${kept.version} since ${kept.since}: ${from}`, ...ignored].join("; ");
  return ignored.length === 0
    ? [{ name, status: "ok", detail, fix: null }]
    : [{ name, status: "warning", detail, fix: "regoose config print --origin shows what counts" }];
}

/** How one key changed. */
export function toShownChange({ path, reload, before, after }: ConfigChange): ShownChange {
  return {
    key: path.join("."),
    reload,
    before: toShownValue(path, before?.value),
    after: toShownValue(path, after?.value),
    origin: after?.origin.text ?? null,
  };
}

function toText({ key, before, after, reload }: ShownChange): string {
  return `${key} ${toYamlText(before)} → ${toYamlText(after)} (${reload})`;
}
