import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { createRunProcesses } from "../../adapters/runs/run-processes.ts";
import { readEnvironment, readSecretValues, toChildEnvironment } from "../../config/environment.ts";
import { expandHome } from "../../config/paths.ts";
import type { PartialServer } from "../../config/server/server-keys.ts";
import { toTriggerRules } from "../../config/server/trigger-rules.ts";
import type { TriggerRule } from "../../contract/triggers.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { DisposeStack } from "../../kernel/dispose.ts";
import { toCodeRoot } from "../../kernel/entry-url.ts";
import { Secret } from "../../kernel/secret.ts";
import type { JobJournal } from "../../ports/job-journal.ts";
import type { RunProcesses } from "../../ports/run-processes.ts";
import type { ServerLog } from "../../telemetry/logs/server-log.ts";
import type { DoctorCheck } from "../check.ts";
import { inspectMachine } from "../doctor.ts";
import { checkNeeds } from "./check-needs.ts";
import { announceServer, toStateFolder } from "./announcement.ts";
import { openAuditLog, type AuditLog } from "./audit-log.ts";
import { openHandOver, type HandOver } from "./hand-over.ts";
import { openJobJournal } from "./job-journal.ts";
import { openLiveConfig, type LiveConfig } from "./live-config.ts";
import { openMachine, type Machine } from "./machine.ts";
import { openServerMetrics, type ServerMetrics } from "./server-metrics.ts";

/** What a server is built from. */
export interface ServerParts {
  readonly clock: Clock;
  readonly journal: JobJournal;
  readonly processes: RunProcesses;
  readonly config: LiveConfig;
  readonly handOver: HandOver;
  readonly log: ServerLog;
  readonly token: Secret;
  readonly metrics: ServerMetrics;
  readonly machine: Machine;
  readonly audit: AuditLog;
  readonly rules: readonly TriggerRule[];
  /** Tells other commands of this user where the server is, until what it returns is called. */
  announce(url: string): Promise<() => Promise<void>>;
  /** The checks of `doctor`, for a folder that is no project, and of what the configuration needs. */
  inspect(): Promise<readonly DoctorCheck[]>;
}

export interface PartsOptions {
  /** Where the server was started. */
  readonly cwd: string;
  /** What was typed. */
  readonly flags: PartialServer;
  readonly writeStderr: (text: string) => void;
}

/**
 * Builds them, for `owned` to release.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002), ServerRunning (RGS-5003),
 * RunFolderUnwritable (RGS-7010)
 */
export async function openServerParts(
  clock: Clock,
  owned: DisposeStack,
  options: PartsOptions,
): Promise<ServerParts> {
  const config = owned.use(await openLiveConfig({ clock }, options));
  const environment = readEnvironment();
  const { server } = config.kept.loaded;
  const { homeFolder } = environment;
  const folder = toStateFolder(server.state === null ? null : expandHome(server.state, homeFolder));
  const token = new Secret(randomBytes(32).toString("base64url"));
  const journal = owned.use(await openJobJournal({ clock }, folder));
  const { openServerLog } = await import("../../telemetry/logs/server-log.ts");
  const log = owned.use(
    await openServerLog(
      { clock, writeStderr: options.writeStderr },
      {
        folder,
        levels: server.log,
        toStderr: environment.telemetry.toStderr,
        secrets: [...readSecretValues(), token.reveal()],
      },
    ),
  );
  return {
    clock,
    journal,
    processes: createRunProcesses(
      { clock },
      { binPath: join(toCodeRoot(), "../bin/regoose.js"), toEnvironment: toChildEnvironment },
    ),
    config,
    handOver: await openHandOver(config, join(folder, "config")),
    log,
    token,
    metrics: owned.use(await openServerMetrics(clock)),
    machine: openMachine({ clock }, folder),
    audit: openAuditLog(folder),
    rules: toTriggerRules(server.triggers),
    announce: (url) => announceServer(folder, { url, token }),
    async inspect() {
      // A server belongs to no project: each run looks at its own.
      const machine = (await inspectMachine({ clock }, folder)).filter(
        ({ name }) => name !== "project",
      );
      const options = { environment, machine, isOnline: server.online };
      return [...machine, ...(await checkNeeds({ clock }, config.kept.loaded, options))];
    },
  };
}
