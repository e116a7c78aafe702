import type { ModelPort } from "../../ports/model.ts";
import type { OutsideCalls } from "../../ports/outside-calls.ts";
import type { RunStore } from "../../ports/run-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { Agent } from "../../model/agents/agent.ts";
import type { GenerateDeps, GenerateOptions } from "../generate/run-scope.ts";
import type { Stage } from "../generate/prepare.ts";
import type { ImprovePlan } from "./plan-improvement.ts";
import type { Analysis, DeskSpent } from "./step-schemas.ts";

/** Agents of one Action, and what they took. */
export interface Desk {
  readonly port: ModelPort;
  agent(name: "planner" | "editor"): Agent;
  /** Stores what the agents have done. */
  close(): Promise<DeskSpent>;
}

/** What the Actions of one improvement share. */
export interface ImproveScope {
  readonly deps: GenerateDeps;
  readonly telemetry: Telemetry;
  readonly options: GenerateOptions;
  readonly plan: ImprovePlan;
  /** Retries and failures through these stand in the run's log. */
  readonly calls: OutsideCalls;
  readonly store: RunStore;
  readonly runId: string;
  readonly folder: string;
  /**
   * Models of this run, opened when one is first asked.
   * @throws ModelNotNamed (RGS-3101), NoModel (RGS-4002)
   */
  openDesk(): Promise<Desk>;
  /**
   * Sandbox and private copy of this process, opened once. `known`: what an earlier process found there. `signal`: of the Action that waits.
   * @throws SourcesChanged (RGS-1023) when the files are others now, ModelCodeNeedsNamespace (RGS-7104)
   */
  openStage(known: Analysis | null, signal: AbortSignal): Promise<Stage>;
}
