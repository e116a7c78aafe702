import { join } from "node:path";

import type { AgentName, AgentState } from "../../contract/agents.ts";
import { createAgent } from "../../model/agents/agent.ts";
import { ANSWERS_FOLDER } from "../generate/model-files.ts";
import { openAgentJournal } from "../models/agent-journal.ts";
import { boundCalls } from "../models/bound-calls.ts";
import { createMeter } from "../models/meter.ts";
import type { OpenModels } from "../models/open-models.ts";
import type { ModelFlags } from "../models/model-config.ts";
import { createModelNotNamed } from "./errors.ts";
import type { Desk, ImproveScope } from "./improve-scope.ts";

type DeskScope = Pick<ImproveScope, "deps" | "telemetry" | "plan" | "folder" | "options" | "runId">;

/** Models of one run, opened when one is first asked; disposing closes them. */
export interface DeskRoom extends AsyncDisposable {
  openDesk(): Promise<Desk>;
}

/** Answers are kept in the run's folder: a run that goes on pays for none twice, and its budget counts over all its Actions. */
export function createDeskRoom(scope: DeskScope, flags: ModelFlags): DeskRoom {
  let opening: Promise<OpenModels> | null = null;
  const open = async (): Promise<OpenModels> => {
    if (!scope.plan.mayAskModels) throw createModelNotNamed();
    const { openModels } = await import("../models/open-models.ts");
    const { deps, telemetry, plan, folder, options, runId } = scope;
    return openModels(
      { ...deps, telemetry },
      {
        cwd: plan.project.root,
        flags,
        run: runId,
        recording: { folder: join(folder, ANSWERS_FOLDER), mode: "record" },
      },
      { signal: options.signal },
    );
  };
  return {
    async openDesk() {
      // What could not be opened is tried again by the next attempt.
      opening ??= open().catch((failure: unknown) => {
        opening = null;
        throw failure;
      });
      return createDesk(scope, await opening);
    },
    async [Symbol.asyncDispose]() {
      const opened = await opening?.catch(() => null);
      await opened?.[Symbol.asyncDispose]();
    },
  };
}

async function createDesk({ deps, plan, folder }: DeskScope, opened: OpenModels): Promise<Desk> {
  const meter = createMeter(boundCalls(deps.clock, opened.port, plan.deadline));
  const journal = await openAgentJournal(folder);
  const states = new Map<AgentName, AgentState>();
  return {
    port: meter.port,
    agent(name) {
      const agent = createAgent(name, meter.port, (state) => {
        states.set(name, state);
        journal.onState(state);
      });
      const memory = journal.memoryOf(name);
      const state = states.get(name) ?? memory?.state;
      if (state !== undefined) agent.restore({ state, counted: memory?.counted ?? new Set() });
      return agent;
    },
    async close() {
      await journal.flush();
      return { ...meter.spent(), changes: opened.takeChanges() };
    },
  };
}
