import { describe, expect, test } from "vitest";

import type { Finding, SearchCandidate } from "../../../src/contract/candidate.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import type { TryInputs } from "../../../src/ports/written-tests.ts";
import { answerWith, gap, run } from "./engine-scene.ts";
import { aTest, fenced } from "./scene.ts";

describe("agents with inputs for the search", () => {
  const INPUTS = { inputs: [{ steps: [{ call: "add", args: [1, 2] }] }, { what: 1 }] };
  const searched = (): TryInputs & { readonly given: unknown[] } => {
    const given: unknown[] = [];
    const tryInputs: TryInputs = async (proposed) => {
      await Promise.resolve();
      given.push(proposed);
      const made = { id: "c1", origin: "search", engine: `inputs by ${proposed.by}` };
      return {
        ...{ dropped: ["no shape"], executed: 1, proposed: 1, rejections: [] },
        admitted: [made as unknown as SearchCandidate],
        findings: [{ summary: "add(1, 2) throws" } as Finding],
        added: { mutants: 1, branches: 1 },
      };
    };
    return Object.assign(tryInputs, { given });
  };

  test("take them beside tests, from the same answer", async () => {
    const tryInputs = searched();
    const json = `\`\`\`json\n${JSON.stringify(INPUTS)}\n\`\`\``;
    const { candidates, findings, inputs, asked, gains, proposed } = await run({
      answer: answerWith({ oracle: "", explorer: `${fenced(aTest("one"))}\n${json}` }),
      ...{ tryInputs, gaps: [gap("add")] },
    });
    expect(tryInputs.given).toEqual([
      { module: "src/index.js", inputs: INPUTS.inputs, by: "model p/m" },
    ]);
    expect(candidates.map(({ origin }) => origin)).toEqual(["model", "search"]);
    expect({ inputs, proposed }).toEqual({ inputs: { executed: 1, dropped: 1 }, proposed: 2 });
    expect(findings).toEqual([{ summary: "add(1, 2) throws" }]);
    expect(gains.at(-1)).toBe(3);
    expect(asked.filter(({ role }) => role === "explorer")).toHaveLength(1);
  });

  test("ask for them alone where no test came that builds", async () => {
    const tryInputs = searched();
    const heard: string[] = [];
    const { asked, gains } = await run({
      answer: ({ role, text }) =>
        role === "explorer" && text.includes("You propose inputs") ? INPUTS : "I cannot.",
      ...{ tryInputs, gaps: [gap("add")] },
      onMessage: (message, reply) => heard.push(`${message.kind} ${reply.kind}`),
    });
    expect(asked.filter(({ role }) => role === "explorer")).toHaveLength(2);
    expect(heard.slice(1)).toEqual(["explore-gap nothing", "propose-inputs files"]);
    expect(gains.at(-1)).toBe(2);
  });

  test("live without them where the answer is no such object", async () => {
    const { ended, problem } = await run({
      answer: ({ text }) =>
        text.includes("You propose inputs") ? new RegooseError("RGS-4012", "no object") : "",
      ...{ tryInputs: searched(), gaps: [gap("add")] },
    });
    expect({ ended, problem }).toEqual({ ended: "nothing-left", problem: null });
  });
});
