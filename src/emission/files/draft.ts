import type { ExportPath, TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import type { AssertionPlan } from "../program/assertion.ts";
import type { Groupable } from "./plan-files.ts";

/** A candidate on its way into a file. */
export interface DraftTest extends Groupable {
  readonly candidateId: string;
  /** Position among the candidates; keeps the order where nothing else decides. */
  readonly rank: number;
  readonly program: TestProgram;
  readonly recording: Recording;
  /** Title of its describe block. */
  readonly group: string;
  readonly exports: readonly ExportPath[];
  /** Titles that fit it, the plainest first. */
  readonly titlesFor: (plan: AssertionPlan) => readonly string[];
}
