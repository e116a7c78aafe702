import { join } from "node:path";
import { z } from "zod";

import { agentStateSchema, type AgentState } from "../../contract/agents.ts";
import { createAgent } from "../../model/agents/agent.ts";
import { AGENTS_FILE, ANSWERS_FOLDER } from "../generate/model-files.ts";
import { createMeter } from "../models/meter.ts";
import type { OpenModels } from "../models/open-models.ts";
import type { ModelFlags } from "../models/model-config.ts";
import { createModelNotNamed } from "./errors.ts";
import type { Desk, ImproveScope } from "./improve-scope.ts";

type DeskScope = Pick<
  ImproveScope,
  "deps" | "telemetry" | "plan" | "folder" | "store" | "runId" | "options"
>;

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
    const { deps, telemetry, plan, folder, options } = scope;
    return openModels(
      { ...deps, telemetry },
      {
        cwd: plan.project.root,
        flags,
        recording: { folder: join(folder, ANSWERS_FOLDER), mode: "record" },
      },
      { signal: options.signal },
    );
  };
  return {
    async openDesk() {
      opening ??= open();
      return createDesk(scope, await opening);
    },
    async [Symbol.asyncDispose]() {
      const opened = await opening?.catch(() => null);
      await opened?.[Symbol.asyncDispose]();
    },
  };
}

async function createDesk({ plan, store, runId }: DeskScope, opened: OpenModels): Promise<Desk> {
  const { deadline } = plan;
  const meter = createMeter({
    models: () => opened.port.models(),
    generate: (request, call) => opened.port.generate(request, { deadline, ...call }),
  });
  const stored = await readStates(store, runId);
  const states = new Map(stored.map((state) => [state.agent, state]));
  return {
    port: meter.port,
    agent(name) {
      const agent = createAgent(name, meter.port, (state) => void states.set(name, state));
      const known = states.get(name);
      if (known !== undefined) agent.restore(known);
      return agent;
    },
    async close() {
      await store.writeFile(
        runId,
        AGENTS_FILE,
        `${JSON.stringify([...states.values()], null, 2)}\n`,
      );
      return { ...meter.spent(), changes: opened.takeChanges() };
    },
  };
}

async function readStates(
  store: DeskScope["store"],
  runId: string,
): Promise<readonly AgentState[]> {
  try {
    return z.array(agentStateSchema).parse(JSON.parse(await store.readFile(runId, AGENTS_FILE)));
  } catch {
    return [];
  }
}
