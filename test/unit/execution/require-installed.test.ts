import { expect, test } from "vitest";
import { requireInstalled } from "../../../src/execution/require-installed.ts";

test("a runner has to be installed, except Node's own", () => {
  const missing = { root: "/p", runnerBinPath: null };
  expect(() => {
    requireInstalled(missing, "node");
    requireInstalled({ root: "/p", runnerBinPath: "/p/node_modules/mocha/bin/mocha.js" }, "mocha");
  }).not.toThrow();
  expect(() => {
    requireInstalled(missing, "vitest");
  }).toThrow(
    expect.objectContaining({
      code: "RGS-7102",
      message: "vitest is not installed in /p",
    }) as Error,
  );
});
