import type { AgentName, AgentState } from "../../contract/agents.ts";
import { toFreshState } from "../../contract/agents.ts";
import type { ModelAnswer } from "../../contract/model/answer.ts";
import type { ModelRequest, ModelRole } from "../../contract/model/request.ts";
import { countTokens } from "../../contract/model/usage.ts";
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
  /** Takes up a state that was stored. */
  restore(state: AgentState): void;
  reset(): void;
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
    restore: (stored) => {
      state = { ...stored, agent: name };
    },
    reset: () => {
      change(toFreshState(name));
    },
  };
}
