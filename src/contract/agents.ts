import { z } from "zod";

import type { RejectionReason } from "./candidate.ts";

/** Who works with a language model. */
export const AGENTS = [
  "explorer",
  "oracle",
  "repair",
  "judge",
  "mutant",
  "planner",
  "editor",
] as const;

export type AgentName = (typeof AGENTS)[number];

/** What a test that fails on the present code means. */
export const VERDICTS = ["test-wrong", "bug", "flaky", "environment", "unspecified"] as const;

export type Verdict = (typeof VERDICTS)[number];

/** Something that the suite does not have yet, in one function or file. */
export interface Gap {
  /** Project-relative source file. */
  readonly file: string;
  /** Name of the function, or null for what stands outside of any. */
  readonly name: string | null;
  /** 1-based lines, both included. */
  readonly lines: { readonly first: number; readonly last: number };
  /** Changes of the code that no test notices. */
  readonly mutants: readonly {
    readonly id: string;
    readonly line: number;
    readonly was: string;
    readonly becomes: string;
    /** The fault that a model had in mind, where it proposed the change; left out for mechanical ones. */
    readonly why?: string;
  }[];
  /** Lines of branches that no test takes. */
  readonly branches: readonly number[];
}

/** A test as an agent wrote it, and where it was meant to stand. */
export interface ProposedFile {
  readonly path: string;
  readonly text: string;
}

/** Why a proposed test is not what it should be, as the gate saw it. */
export interface Trouble {
  readonly fullTitle: string;
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** A fault as the Mutant agent proposes it: an exact search-and-replace in one file. */
export interface ProposedFault {
  readonly file: string;
  /** Text that stands exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /** The fault in one line; empty where none was said. */
  readonly why: string;
}

/** What agents tell one another; each has one addressee. */
export type AgentMessage =
  | { readonly to: "explorer"; readonly kind: "explore-gap"; readonly gap: Gap }
  | { readonly to: "explorer"; readonly kind: "propose-inputs"; readonly gap: Gap }
  | {
      readonly to: "mutant";
      readonly kind: "propose-faults";
      readonly file: string;
      /** Fixes of the past that were shown. */
      readonly fixes: number;
    }
  | { readonly to: "oracle"; readonly kind: "state-behaviour"; readonly module: string }
  | {
      readonly to: "repair";
      readonly kind: "repair-file";
      readonly module: string;
      readonly file: ProposedFile;
      readonly troubles: readonly Trouble[];
    }
  | {
      readonly to: "judge";
      readonly kind: "judge-failure";
      readonly module: string;
      readonly test: string;
      readonly failure: string;
    };

/** What became of a message. */
export type AgentReply =
  | {
      readonly kind: "files";
      readonly files: readonly ProposedFile[];
      /** Inputs for the search that came beside them. */
      readonly inputs: readonly unknown[];
    }
  | { readonly kind: "faults"; readonly faults: readonly ProposedFault[] }
  | { readonly kind: "judgement"; readonly judgement: Judgement }
  /** Nothing usable, with the reason in words. */
  | { readonly kind: "nothing"; readonly why: string };

/** What a quorum came to. */
export interface Judgement {
  readonly verdict: Verdict;
  /** How many of the votes stood for it. */
  readonly votes: { readonly agreed: number; readonly asked: number };
  /** The sentence of the documentation that decides; empty where none does. */
  readonly quote: string;
  /** At most three lines. */
  readonly reasoning: readonly string[];
}

/** The memory of an agent: it can be looked at, stored, and taken up again. */
export interface AgentState {
  readonly agent: AgentName;
  readonly asked: number;
  readonly answered: number;
  /** Questions that ended in an error. */
  readonly failed: number;
  readonly tokens: number;
  /** Hash of the latest question; null before the first. */
  readonly lastQuestion: string | null;
}

/** What an agent had done when the process before this one ended. */
export interface AgentMemory {
  readonly state: AgentState;
  /** Questions whose answers are counted in it: they are not counted again where they come out of a recording. */
  readonly counted: ReadonlySet<string>;
}

export const agentStateSchema: z.ZodType<AgentState> = z.object({
  agent: z.enum(AGENTS),
  asked: z.number().int(),
  answered: z.number().int(),
  failed: z.number().int(),
  tokens: z.number(),
  lastQuestion: z.string().nullable(),
});

/** An agent that has done nothing yet. */
export function toFreshState(agent: AgentName): AgentState {
  return { agent, asked: 0, answered: 0, failed: 0, tokens: 0, lastQuestion: null };
}
