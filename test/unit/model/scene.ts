import type { RejectionReason } from "../../../src/contract/candidate.ts";
import type { ModelAnswer } from "../../../src/contract/model/answer.ts";
import type { ModelRequest } from "../../../src/contract/model/request.ts";
import { NO_TOKENS } from "../../../src/contract/model/usage.ts";
import type { ModuleContext, ProjectContext } from "../../../src/model/context.ts";
import type { ModelPort } from "../../../src/ports/model.ts";
import type { TryCandidates } from "../../../src/ports/written-tests.ts";

export const MODULE: ModuleContext = {
  module: "src/index.js",
  testPath: "test/regoose/index-model.test.js",
  specifier: "../../src/index.js",
  isTypeScript: false,
  surface: "/** Adds two numbers. The sum is never negative. */\nexport function add(a, b) { … }",
  callSites: [],
  source: "export function add(a, b) { return secretHelper(a) + b; }",
};

export const PROJECT: ProjectContext = {
  name: "sums",
  runner: "node",
  documentation: "# sums\n\n`add` gives the sum of *both* numbers.",
  issue: "",
  example: null,
  modules: [MODULE],
};

export interface Asked {
  readonly role: string;
  readonly text: string;
  readonly sample: number | undefined;
}

/** A model that answers from a function, and remembers what it was asked. */
export function aModel(answer: (asked: Asked) => unknown): ModelPort & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    models: () => [],
    async generate<T>(request: ModelRequest<T>): Promise<ModelAnswer<T>> {
      await Promise.resolve();
      const text = request.messages.map((one) => ("text" in one ? one.text : "")).join("\n");
      const question = { role: request.role, text, sample: request.sample };
      asked.push(question);
      const given = answer(question);
      if (given instanceof Error) throw given;
      return {
        question: `q${String(asked.length)}`,
        text: typeof given === "string" ? given : JSON.stringify(given),
        object: given as T,
        toolCalls: [],
        reasoning: null,
        finish: "stop",
        requested: { provider: "p", model: "m" },
        served: "m",
        source: "network",
        attempts: [],
        usage: { ...NO_TOKENS, inputTokens: 10, outputTokens: 5 },
        changes: [],
        warnings: [],
      };
    },
  };
}

/** A fenced test file. */
export function fenced(...tests: readonly string[]): string {
  const head = `import { add } from "../../src/index.js";\n`;
  return `\`\`\`js\n${head}${tests.join("\n")}\n\`\`\``;
}

export const aTest = (title: string, body = "assert.equal(add(1, 2), 3);"): string =>
  `test(${JSON.stringify(title)}, () => {\n  ${body}\n});`;

/** A gate that goes by titles: what it does not know it admits. */
export function aGate(fates: Readonly<Record<string, readonly RejectionReason[]>>): TryCandidates {
  const seen = new Map<string, number>();
  return async (candidates) => {
    await Promise.resolve();
    const rejections = candidates.flatMap(({ id, fullTitle }) => {
      const list = fates[fullTitle] ?? [];
      const at = seen.get(fullTitle) ?? 0;
      seen.set(fullTitle, at + 1);
      const reason = list[Math.min(at, list.length - 1)];
      return reason === undefined || (reason === "not-tried" && at > 0)
        ? []
        : [{ candidateId: id, reason, detail: `it ${reason}`, title: fullTitle }];
    });
    const rejected = new Set(rejections.map(({ candidateId }) => candidateId));
    const admitted = candidates.map(({ id }) => id).filter((id) => !rejected.has(id));
    return { admitted, rejections, added: { mutants: admitted.length, branches: 0 } };
  };
}

/** A gate that sees "thrown" throw in its own set-up until it is mended. */
export function aGateOfThrown(isMended: () => boolean): TryCandidates {
  return async (candidates, options) => {
    const trial = await aGate(isMended() ? {} : { thrown: ["failed"] })(candidates, options);
    return { ...trial, rejections: trial.rejections.map((one) => ({ ...one, isSetup: true })) };
  };
}
