import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { createRunProcesses } from "../../adapters/runs/run-processes.ts";
import type { TriggerRule } from "../../contract/triggers.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toCodeRoot } from "../../kernel/entry-url.ts";
import { Secret } from "../../kernel/secret.ts";
import type { JobJournal } from "../../ports/job-journal.ts";
import type { RunProcesses } from "../../ports/run-processes.ts";
import type { DoctorCheck } from "../check.ts";
import { inspectMachine } from "../doctor.ts";
import { announceServer, toStateFolder } from "./announcement.ts";
import { openAuditLog, type AuditLog } from "./audit-log.ts";
import { openJobJournal } from "./job-journal.ts";
import { loadTriggers } from "./load-triggers.ts";
import { openMachine, type Machine } from "./machine.ts";
import { openServerMetrics, type ServerMetrics } from "./server-metrics.ts";

/** What a server is built from. */
export interface ServerParts {
  readonly clock: Clock;
  readonly journal: JobJournal;
  readonly processes: RunProcesses;
  readonly token: Secret;
  readonly metrics: ServerMetrics;
  readonly machine: Machine;
  readonly audit: AuditLog;
  readonly rules: readonly TriggerRule[];
  /** Tells other commands of this user where the server is, until what it returns is called. */
  announce(url: string): Promise<() => Promise<void>>;
  /** The checks of `doctor`, for a folder that is no project. */
  inspect(): Promise<readonly DoctorCheck[]>;
}

/**
 * Builds them; the journal is the caller's to dispose.
 * @throws ServerRunning (RGS-5003), RunFolderUnwritable (RGS-7010), ConfigInvalid (RGS-2001)
 */
export async function openServerParts(
  clock: Clock,
  options: { readonly stateFolder: string | null },
): Promise<ServerParts> {
  const folder = toStateFolder(options.stateFolder);
  const rules = await loadTriggers(folder);
  const token = new Secret(randomBytes(32).toString("base64url"));
  return {
    clock,
    journal: await openJobJournal({ clock }, folder),
    processes: createRunProcesses({ clock }, { binPath: join(toCodeRoot(), "../bin/regoose.js") }),
    token,
    metrics: await openServerMetrics(clock),
    machine: openMachine({ clock }, folder),
    audit: openAuditLog(folder),
    rules,
    announce: (url) => announceServer(folder, { url, token }),
    async inspect() {
      // A server belongs to no project: each run looks at its own.
      return (await inspectMachine({ clock }, folder)).filter(({ name }) => name !== "project");
    },
  };
}
