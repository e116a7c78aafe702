import type { NotedChange } from "../../contract/model/changes.ts";
import type { ModelName } from "../../contract/model/answer.ts";
import type { ParameterChange } from "../../contract/model/parameters.ts";
import type { ModelRequest, ModelRole } from "../../contract/model/request.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { toCanonicalJson } from "../../kernel/hash.ts";
import type { ModelPort } from "../../ports/model.ts";

/** Models whose requests are looked at for parameters that were not sent as they were asked for. */
export interface ChangeNotes {
  readonly port: ModelPort;
  /** What was noted since it was last taken. */
  take(): readonly NotedChange[];
}

/** Notes what became of parameters: of each request that is sent, and of answers that were kept from earlier ones. */
export function createChangeNotes(models: ModelPort): ChangeNotes {
  let noted: readonly NotedChange[] = [];
  const note = (role: ModelRole, model: ModelName, changes: readonly ParameterChange[]): void => {
    const { provider, model: name } = model;
    const own = changes.map((change) => ({
      ...{ ...change, provider, model: name, roles: [role], requests: 1 },
    }));
    noted = mergeChanges(noted, own);
  };
  return {
    port: {
      models: () => models.models(),
      async generate<T>(request: ModelRequest<T>, options: Parameters<ModelPort["generate"]>[1]) {
        const { role } = request;
        const answer = await models.generate(request, {
          ...options,
          onEvent: (event) => {
            if (event.name === "attempt-start") note(role, event.model, event.changes ?? []);
            options.onEvent?.(event);
          },
        });
        if (answer.source !== "network") note(role, answer.requested, answer.changes);
        return answer;
      },
    },
    take() {
      const taken = noted;
      noted = [];
      return taken;
    },
  };
}

/** One of each kind, in the order in which they first were. */
export function mergeChanges(
  ...lists: readonly (readonly NotedChange[])[]
): readonly NotedChange[] {
  const merged = new Map<string, NotedChange>();
  for (const one of lists.flat()) {
    const { roles, requests, ...rest } = one;
    const key = toCanonicalJson(rest);
    const known = merged.get(key);
    merged.set(key, {
      ...rest,
      roles: [...new Set([...(known?.roles ?? []), ...roles])],
      requests: (known?.requests ?? 0) + requests,
    });
  }
  return [...merged.values()];
}

/** What the report says of them. */
export function describeChanges(changes: readonly NotedChange[]): readonly string[] {
  return changes.map(({ provider, model, parameter, action, why, roles, requests }) =>
    toSentence("models-changed", {
      ...{ model: `${provider}/${model}`, parameter, action, why, requests },
      roles: roles.join(", "),
    }),
  );
}
