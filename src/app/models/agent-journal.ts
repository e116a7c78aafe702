import { join } from "node:path";
import { z } from "zod";

import { openLineFile, readLineFile } from "../../adapters/store/line-file.ts";
import {
  type AgentMemory,
  type AgentMessage,
  type AgentName,
  type AgentReply,
  type AgentState,
  agentStateSchema,
} from "../../contract/agents.ts";
import { toCanonicalJson } from "../../kernel/hash.ts";
import { AGENTS_FILE, MESSAGES_FILE } from "../generate/model-files.ts";

/** What an agent was told, and what it came to. */
export interface Exchange {
  readonly message: Readonly<Record<string, unknown>> & {
    readonly to: string;
    readonly kind: string;
  };
  readonly reply: Readonly<Record<string, unknown>> & { readonly kind: string };
}

const exchangeSchema: z.ZodType<Exchange> = z.object({
  message: z.looseObject({ to: z.string(), kind: z.string() }),
  reply: z.looseObject({ kind: z.string() }),
});

/** What agents do, in the run's folder, line by line as it happens: a kill loses at most the line that is being written. */
export interface AgentJournal {
  /** What an agent had done before this process; null for one that has done nothing. */
  memoryOf(agent: AgentName): AgentMemory | null;
  onState(state: AgentState): void;
  /** Of an exchange that stands there already, as after a kill, nothing is written. */
  onMessage(message: AgentMessage, reply: AgentReply): void;
  /** Waits until all of it is on disk. @throws what writing it threw, first of all */
  flush(): Promise<void>;
}

/** Opens the journal of a run, and reads what an earlier process has left in it. */
export async function openAgentJournal(folder: string): Promise<AgentJournal> {
  const memories = toMemories(await readStates(folder));
  const known = new Map<string, number>();
  for (const exchange of await readExchanges(folder)) {
    const text = toCanonicalJson(exchange);
    known.set(text, (known.get(text) ?? 0) + 1);
  }
  const states = openLineFile(join(folder, AGENTS_FILE));
  const messages = openLineFile(join(folder, MESSAGES_FILE));
  const writing: Promise<unknown>[] = [];
  const failures: Error[] = [];
  const follow = (written: Promise<void>): void => {
    writing.push(
      written.catch((failure: unknown) => {
        failures.push(failure instanceof Error ? failure : new Error(String(failure)));
      }),
    );
  };
  return {
    memoryOf: (agent) => memories.get(agent) ?? null,
    onState: (state) => {
      follow(states.append(state));
    },
    onMessage: (message, reply) => {
      const exchange = { message, reply };
      const text = toCanonicalJson(exchange);
      const left = known.get(text) ?? 0;
      known.set(text, Math.max(0, left - 1));
      if (left === 0) follow(messages.append(exchange));
    },
    async flush() {
      await Promise.all(writing.splice(0));
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
    },
  };
}

/** The latest state of each agent, with the questions that it counts; what is no state, whoever wrote it, is none. */
export async function readAgentStates(folder: string): Promise<readonly AgentState[]> {
  return [...toMemories(await readStates(folder)).values()].map(({ state }) => state);
}

/** What agents told one another, in order. */
export async function readExchanges(folder: string): Promise<readonly Exchange[]> {
  const lines = await readLineFile(join(folder, MESSAGES_FILE));
  return lines.flatMap((line) => exchangeSchema.safeParse(line).data ?? []);
}

async function readStates(folder: string): Promise<readonly AgentState[]> {
  const lines = await readLineFile(join(folder, AGENTS_FILE));
  return lines.flatMap((line) => agentStateSchema.safeParse(line).data ?? []);
}

function toMemories(states: readonly AgentState[]): ReadonlyMap<AgentName, AgentMemory> {
  const memories = new Map<AgentName, { state: AgentState; readonly counted: Set<string> }>();
  for (const state of states) {
    const memory = memories.get(state.agent) ?? { state, counted: new Set<string>() };
    memory.state = state;
    if (state.lastQuestion !== null) memory.counted.add(state.lastQuestion);
    memories.set(state.agent, memory);
  }
  return memories;
}
