import type { AgentMemory, AgentName, AgentState } from "../../contract/agents.ts";
import { toFreshState } from "../../contract/agents.ts";
import type { ModelAnswer } from "../../contract/model/answer.ts";
import type { ModelMessage, ModelRequest, ModelRole } from "../../contract/model/request.ts";
import { countTokens } from "../../contract/model/usage.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { ModelPort } from "../../ports/model.ts";

/** The part of an agent that asks and remembers; what it asks is each agent's own. */
export interface Agent {
  readonly name: AgentName;
  /** @throws as `ModelPort.generate` does */
  ask<T = undefined>(
    request: Omit<ModelRequest<T>, "role">,
    signal: AbortSignal,
  ): Promise<ModelAnswer<T>>;
  state(): AgentState;
  /** Takes up what was stored. A question that had no answer yet is one that is still to be asked. */
  restore(memory: AgentMemory): void;
  reset(): void;
}

/** Codes of errors that say: an answer came, and it is not what was asked for. */
const UNUSABLE = new Set(["RGS-4012", "RGS-4015"]);

/**
 * The object that was asked for, or null where the model answered something else: what it proposes is welcome and not
 * needed.
 * @throws as `ModelPort.generate` does in all other cases
 */
export async function askForObject<T>(
  agent: Agent,
  messages: readonly ModelMessage[],
  answer: NonNullable<ModelRequest<T>["answer"]>,
  signal: AbortSignal,
): Promise<T | null> {
  try {
    return (await agent.ask({ messages, answer }, signal)).object;
  } catch (failure) {
    if (failure instanceof RegooseError && UNUSABLE.has(failure.code)) return null;
    throw failure;
  }
}

const ROLES: Readonly<Record<AgentName, ModelRole>> = {
  explorer: "explorer",
  oracle: "oracle",
  repair: "repair",
  judge: "judge",
  mutant: "mutant",
  planner: "planner",
  editor: "editor",
};

/** `onChange` hears of every new state, for whoever stores it. */
export function createAgent(
  name: AgentName,
  model: ModelPort,
  onChange: (state: AgentState) => void = () => undefined,
): Agent {
  let state = toFreshState(name);
  let counted: ReadonlySet<string> = new Set();
  const change = (next: Partial<AgentState>): void => {
    state = { ...state, ...next };
    onChange(state);
  };
  return {
    name,
    async ask(request, signal) {
      change({ asked: state.asked + 1 });
      try {
        const answer = await model.generate({ ...request, role: ROLES[name] }, { signal });
        if (answer.source === "recording" && counted.has(answer.question)) {
          change({ asked: state.asked - 1 });
          return answer;
        }
        change({
          answered: state.answered + 1,
          tokens: state.tokens + countTokens(answer.usage),
          lastQuestion: answer.question,
        });
        return answer;
      } catch (failure) {
        change({ failed: state.failed + 1 });
        throw failure;
      }
    },
    state: () => state,
    restore: (memory) => {
      const { answered, failed } = memory.state;
      state = { ...memory.state, agent: name, asked: answered + failed };
      counted = memory.counted;
    },
    reset: () => {
      counted = new Set();
      change(toFreshState(name));
    },
  };
}
