import type { FlagValues } from "../../contract/feature-flags.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { OutsideCalls } from "../../ports/outside-calls.ts";
import type { RunStore } from "../../ports/run-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { GenerateProgress } from "../generate-types.ts";
import type { ModelFlags } from "../models/open-models.ts";
import type { Plan } from "./plan.ts";

export interface GenerateDeps {
  readonly clock: Clock;
  /** Version of Regoose, for the proof cards. */
  readonly version: string;
}

export interface GenerateOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: GenerateProgress) => void;
  /** Sentences that the user should see at once, such as a red existing suite. */
  readonly onNotice: (line: string) => void;
  /** Log lines with their end, where the environment asks for them on stderr. */
  readonly onLog?: (text: string) => void;
}

/** What the Actions of one run share. */
export interface RunScope {
  readonly deps: GenerateDeps;
  readonly telemetry: Telemetry;
  readonly options: GenerateOptions;
  readonly plan: Plan;
  readonly flags: FlagValues;
  /** Retries and failures through these stand in the run's log. */
  readonly calls: OutsideCalls;
  readonly store: RunStore;
  readonly runId: string;
  /** Absolute folder of the run. */
  readonly folder: string;
  /** Search time that an earlier process used and whose finds are saved, ms. */
  readonly searchedMs: number;
  /** The same of a gate that was cut short, ms. */
  readonly gatedMs: number;
  /** Which models to ask, as typed. */
  readonly models: ModelFlags;
  /** Answers come out of the run's recording alone; nobody is asked. */
  readonly replaysModels: boolean;
}
