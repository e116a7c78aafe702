import { expect, test } from "vitest";
import { toWorkPath } from "../../../src/execution/work-path.ts";
import { aProject } from "../../../src/testing/index.ts";

test("places files as the work copy sees them", () => {
  const project = aProject({
    root: "/repo/packages/a",
    dependencyFolders: [
      { hostPath: "/repo/packages/a/node_modules", levelsUp: 0 },
      { hostPath: "/repo/node_modules", levelsUp: 2 },
    ],
  });
  expect(toWorkPath(project, "/repo/packages/a/node_modules/x/x.js")).toBe("node_modules/x/x.js");
  expect(toWorkPath(project, "/repo/node_modules/x/x.js")).toBe("../../node_modules/x/x.js");
  expect(toWorkPath(project, "/repo/packages/a/tools/x.js")).toBe("tools/x.js");
  expect(toWorkPath(project, "/elsewhere/x.js")).toBeNull();
});
