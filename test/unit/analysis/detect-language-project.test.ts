import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { detectLanguageProject } from "../../../src/analysis/languages/detect-language-project.ts";

test("a Python project's tests are the files that pytest collects, and what helps them is no target", async () => {
  const root = await mkdtemp(join(tmpdir(), "regoose-python-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const files = [
    "pyproject.toml",
    ...["conftest.py", "setup.py", "src/pricing.py"],
    ...["tests/__init__.py", "tests/helpers.py", "tests/test_own.py", "tests/own_test.py"],
  ];
  for (const path of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), "");
  }
  const language = { name: "python", runner: "pytest", command: null } as const;
  const found = await detectLanguageProject(".", root, language);
  expect(found.targets).toEqual(["src/pricing.py"]);
  expect([...found.testFiles].sort()).toEqual(["tests/own_test.py", "tests/test_own.py"]);
});
