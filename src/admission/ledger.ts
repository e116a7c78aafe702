import type { Candidate, Rejection, RejectionReason } from "../contract/candidate.ts";

const DETAIL_LENGTH = 240;

/** Who is still in the running, and why the others are not. Each candidate is rejected at most once. */
export interface Ledger {
  readonly proposed: number;
  /** Candidates not rejected, in the order proposed. */
  live(): readonly Candidate[];
  isLive(id: string): boolean;
  /** The first reason stands; a later one for the same candidate is ignored. */
  reject(
    id: string,
    reason: RejectionReason,
    detail: string,
    more?: Pick<Rejection, "isSetup">,
  ): void;
  setTitle(id: string, title: string): void;
  /** In the order proposed. */
  rejections(): readonly Rejection[];
}

export function createLedger(candidates: readonly Candidate[]): Ledger {
  const byId = new Map<string, Candidate>();
  const repeated: Rejection[] = [];
  for (const candidate of candidates) {
    if (byId.has(candidate.id)) repeated.push(toRepeated(candidate));
    else byId.set(candidate.id, candidate);
  }
  const reasons = new Map<string, Pick<Rejection, "reason" | "detail" | "isSetup">>();
  const titles = new Map<string, string>();
  return {
    proposed: candidates.length,
    live: () => [...byId.values()].filter((candidate) => !reasons.has(candidate.id)),
    isLive: (id) => byId.has(id) && !reasons.has(id),
    reject(id, reason, detail, more = {}) {
      if (byId.has(id) && !reasons.has(id))
        reasons.set(id, { reason, detail: toLine(detail), ...more });
    },
    setTitle: (id, title) => void titles.set(id, title),
    rejections: () => [
      ...[...byId.keys()].flatMap((candidateId) => {
        const found = reasons.get(candidateId);
        return found === undefined
          ? []
          : [{ candidateId, ...found, title: titles.get(candidateId) ?? null }];
      }),
      ...repeated,
    ],
  };
}

function toRepeated(candidate: Candidate): Rejection {
  return {
    candidateId: candidate.id,
    reason: "duplicate",
    detail: "the same program and recording was proposed before",
    title: null,
  };
}

/** One line of capped length; what targets print may hold anything. */
export function toLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is being removed
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
  return line.length > DETAIL_LENGTH ? `${line.slice(0, DETAIL_LENGTH - 1)}…` : line;
}
