import type { SettingFacts } from "../keys.ts";
import type { TriggerSettings } from "./trigger-rules.ts";

/** What `regoose serve` goes by, complete. */
export interface ServerValues {
  readonly host: string;
  readonly port: number;
  readonly concurrency: number | null;
  readonly queue: number;
  readonly log: string;
  readonly runLog: string | null;
  readonly online: boolean;
  readonly state: string | null;
  readonly triggers: TriggerSettings;
}

export type ServerKey = keyof ServerValues;

/** What one source sets. */
export type PartialServer = { readonly [K in ServerKey]?: ServerValues[K] | undefined };

const OWN = { trust: "owner", hasFlag: true } as const;

/** Every setting of the server. It serves its owner, so no project's own file sets any. */
export const SERVER_SETTINGS: { readonly [K in ServerKey]: SettingFacts<ServerValues[K]> } = {
  host: {
    ...OWN,
    reload: "restart",
    default: "127.0.0.1",
    defaultText: "127.0.0.1",
    description: "Address of this machine alone: 127.0.0.1, ::1 or localhost.",
  },
  port: {
    ...OWN,
    reload: "restart",
    default: 0,
    defaultText: "0",
    description: "Port; 0 takes any that is free.",
  },
  concurrency: {
    ...OWN,
    reload: "live",
    default: null,
    defaultText: "null",
    description:
      "Runs at a time; null is half of the processors. Runs that go on are left to end where it becomes less.",
  },
  queue: {
    ...OWN,
    reload: "live",
    default: 100,
    defaultText: "100",
    description: "Runs that may wait beside them. Those that wait stay where it becomes less.",
  },
  log: {
    ...OWN,
    hasFlag: false,
    reload: "live",
    default: "info",
    defaultText: "info",
    description: "Levels of the server's own log, such as info,config=debug.",
  },
  runLog: {
    ...OWN,
    hasFlag: false,
    reload: "live",
    default: null,
    defaultText: "null",
    description:
      "Levels of the logs of its runs, such as info,search=debug, also of those that go on; null is REGOOSE_LOG of the server's environment.",
  },
  online: {
    ...OWN,
    hasFlag: false,
    reload: "restart",
    default: false,
    defaultText: "false",
    description:
      "Whether the checks at the start and in /health run the commands of secrets, and ask the addresses of providers, without a key.",
  },
  state: {
    ...OWN,
    reload: "restart",
    default: null,
    defaultText: "null",
    description: "Folder of the server; null is $XDG_STATE_HOME/regoose.",
  },
  triggers: {
    ...OWN,
    hasFlag: false,
    reload: "restart",
    default: {},
    defaultText: "{}",
    description:
      "Rules by which the server helps itself, by name; see server.md. A built-in rule keeps what is not set here.",
  },
};

export const SERVER_KEYS: readonly ServerKey[] = Object.keys(SERVER_SETTINGS) as ServerKey[];

/** The default of every setting of the server. */
export function defaultServer(): ServerValues {
  return Object.fromEntries(
    SERVER_KEYS.map((key) => [key, SERVER_SETTINGS[key].default]),
  ) as unknown as ServerValues;
}
