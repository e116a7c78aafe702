import { describe, expect, test } from "vitest";
import { createChangePolicy, restrictTo } from "../../../../src/app/improve/change-policy.ts";

const GOAL = { text: "", mayChangeBehaviour: false, mayChangeTests: false };
const policy = (mayChangeTests = false, folder = "") =>
  createChangePolicy(
    { goal: { ...GOAL, mayChangeTests }, folder, project: { testFiles: ["checks/a.js"] } },
    new Set(["src/linked"]),
  );

describe("what a model may change", () => {
  test.each([
    ["/etc/passwd.js", /no plain path/u],
    ["../a.js", /no plain path/u],
    ["src/../../a.js", /no plain path/u],
    ["src/./a.js", /no plain path/u],
    ["src\\a.js", /no plain path/u],
    ["C:/a.js", /no plain path/u],
    ["src/a\u0000.js", /no plain path/u],
    [".git/hooks/a.js", /begin with a dot/u],
    [".eslintrc.js", /begin with a dot/u],
    ["src/.regoose/a.js", /begin with a dot/u],
    ["node_modules/a/index.js", /dependencies/u],
    ["src/linked/a.js", /symbolic link/u],
    ["package.json", /only source files/u],
    ["package-lock.json", /only source files/u],
    ["regoose.config.yaml", /only source files/u],
    ["vitest.config.ts", /only source files/u],
    ["scripts/build.js", /only source files/u],
    ["types.d.ts", /only source files/u],
    ["README.md", /only source files/u],
    ["test/a.test.js", /tests stay/u],
    ["checks/a.js", /tests stay/u],
    ["src/__mocks__/a.js", /tests stay/u],
  ])("is not %s", (path, why) => {
    expect(policy()(path)).toMatch(why);
  });

  test("are sources, and tests where that was typed", () => {
    expect(policy()("src/a.js")).toBeNull();
    expect(policy()("src/deep/new.ts")).toBeNull();
    expect(policy(true)("test/a.test.js")).toBeNull();
    expect(policy(true)("package.json")).toMatch(/only source files/u);
  });

  test("lies in the folder that was named, and in the plan", () => {
    expect(policy(false, "src/")("lib/a.js")).toMatch(/outside the folder src\//u);
    const restricted = restrictTo(["src/a.js"], policy());
    expect(restricted("src/a.js")).toBeNull();
    expect(restricted("src/b.js")).toMatch(/the plan does not name it/u);
  });
});
