import type { ImproveData } from "../../contract/improve.ts";
import type { RunnerName } from "../../contract/project.ts";
import type { FileChange } from "../../kernel/unified-diff.ts";
import type { ModelFlags } from "../models/model-config.ts";

/** What the user asked `improve` for; absent flags are undefined. */
export interface ImproveRequest {
  readonly goal: string;
  /** Package folder, folder or file whose sources may be changed; relative to `cwd`. */
  readonly directory: string;
  readonly cwd: string;
  readonly flags: ImproveFlags;
  /** True where it stands in the log of a run, which anyone may have written. @defaultValue false */
  readonly isStored?: boolean | undefined;
  /** Which models to ask. Never stored. */
  readonly models?: ModelFlags | undefined;
}

export interface ImproveFlags {
  readonly profile?: string | undefined;
  /** Bound on the whole run. @defaultValue 10 minutes */
  readonly maxTimeMs?: number | undefined;
  /** Bound on the search for characterisation tests. */
  readonly maxExecutions?: number | undefined;
  readonly seed?: number | undefined;
  readonly workers?: number | undefined;
  readonly framework?: RunnerName | "auto" | undefined;
  readonly sandbox?: "auto" | "namespace" | "guarded" | undefined;
  readonly reruns?: number | undefined;
  readonly maxIterations?: number | undefined;
  readonly mayChangeBehaviour?: boolean | undefined;
  readonly mayChangeTests?: boolean | undefined;
}

/** What `improve` answers when it did not throw. */
export interface ImproveAnswer {
  readonly data: ImproveData;
  /** What would be written into the user's tree, to the byte. */
  readonly changes: readonly FileChange[];
  /** Absolute root of the project. */
  readonly root: string;
  readonly runFolder: string;
}
