import type { RejectionReason } from "../contract/candidate.ts";
import type { Suite } from "./suite.ts";
export interface Smell {
  readonly candidateId: string;
  readonly reason: RejectionReason;
  readonly detail: string;
}
export async function findSmells(_suite: Suite, _nowMs: number): Promise<readonly Smell[]> {
  await Promise.resolve();
  return [];
}
