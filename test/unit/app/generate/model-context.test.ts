import { expect, test } from "vitest";

import { readModelContext } from "../../../../src/app/generate/model-context.ts";
import { detectProject } from "../../../../src/analysis/detect-project.ts";
import { aProject } from "../../analysis/project-builder.ts";

const aTest = (title: string): string =>
  `import assert from "node:assert";\nimport { test } from "node:test";\ntest("${title}", () => { assert.ok(1); });\n`;

test("an existing test that the baseline has seen red is no example", async () => {
  const root = await aProject({
    "package.json": { name: "one", type: "module" },
    "index.js": "export const one = 1;\n",
    "test/a.test.js": aTest("shaky"),
    "test/b.test.js": aTest("sound"),
  });
  const project = await detectProject({ path: root });
  const plan = { project, runner: "node", outDir: "test/regoose", issue: "" } as const;
  const ground = { staged: { folder: root }, sources: [] };
  expect((await readModelContext(plan, ground)).example).toContain("shaky");
  const { example } = await readModelContext(plan, ground, ["test/a.test.js"]);
  expect(example).toContain("sound");
});
