import {
  toConfigChecks,
  toNews,
  toShownChange,
  type ConfigNews,
} from "../app/serve/config-news.ts";
import type { LiveConfig } from "../app/serve/live-config.ts";
import type { DoctorCheck } from "../app/check.ts";
import { toShownValue } from "../app/config/shown-value.ts";
import { factsOf } from "../config/layers/leaf.ts";
import type { ServerValues } from "../config/server/server-keys.ts";
import type { Logger } from "../ports/telemetry.ts";
import { createEventFeed, type EventFeed } from "./event-feed.ts";

/** Numbers about the configurations that a server keeps. */
export interface ConfigCounts {
  /** Configurations of which the last good one counts now. */
  readonly inRefusal: number;
  /** Keys that wait for a restart. */
  readonly pendingRestart: number;
}

/** What a server shows of its configuration, and what follows from a change. */
export interface ConfigService {
  readonly feed: EventFeed;
  /** What `GET /api/v1/config` answers. Secrets are redacted. */
  view(): object;
  checks(): readonly DoctorCheck[];
  counts(): ConfigCounts;
}

export interface ConfigServiceDeps {
  readonly config: LiveConfig;
  readonly log: Logger;
  /** Puts live keys into effect, at once and whole. */
  readonly apply: (server: ServerValues) => void;
  /** Told of each changed configuration, by what became of it. */
  readonly onOutcome: (outcome: "applied" | "refused") => void;
  /** For the eyes of who started the server. */
  readonly onNotice: (line: string) => void;
}

const FEED_CAPACITY = 200;

/** Follows the configuration until the server ends; `firstId` as for {@link createEventFeed}. */
export function createConfigService(
  { config, log, apply, onOutcome, onNotice }: ConfigServiceDeps,
  options: { readonly firstId: number },
): ConfigService {
  const feed = createEventFeed({ firstId: options.firstId, capacity: FEED_CAPACITY });
  config.follow((event) => {
    const { kind } = event.event;
    if (kind === "applied" || kind === "refused") onOutcome(kind);
    if (event.event.kind === "applied" && event.project === null)
      apply(event.event.kept.loaded.server);
    publish(toNews(config, event));
  });
  const publish = ({ name, data, text, level }: ConfigNews): void => {
    feed.push(name, data);
    log[level](text, { event: name, ...data });
    onNotice(text);
  };
  return {
    feed,
    view: () => toView(config),
    checks: () => toConfigChecks(config),
    counts: () => ({
      inRefusal: config.views().filter(({ keeper }) => keeper.refusal !== null).length,
      pendingRestart: config.pending().length,
    }),
  };
}

function toView(config: LiveConfig): object {
  const { version, since, loaded } = config.kept;
  return {
    ...{ version, since, root: config.root, profile: loaded.profile, trusted: loaded.isTrusted },
    files: loaded.files,
    values: [...loaded.settings.values()].map(({ path, value, origin }) => ({
      key: path.join("."),
      value: toShownValue(path, value),
      origin: origin.text,
      reload: factsOf(path)?.reload ?? null,
    })),
    ignored: [...loaded.degradations, ...loaded.notes],
    pendingRestart: config.pending().map(toShownChange),
    refusals: config
      .views()
      .flatMap(({ project, keeper }) =>
        keeper.refusal === null ? [] : [{ project, ...keeper.refusal }],
      ),
  };
}
