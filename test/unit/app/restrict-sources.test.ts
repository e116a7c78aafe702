import { expect, test } from "vitest";
import { restrictSources } from "../../../src/app/settings.ts";
import { aProject } from "../../../src/testing/index.ts";

const project = aProject({ root: "/p", sourceFiles: ["lib/a.js", "lib/b.js"] });

test("what include and exclude leave is kept", () => {
  const { sourceFiles } = restrictSources(project, { include: ["lib/*.js"], exclude: ["**/b.js"] });
  expect(sourceFiles).toEqual(["lib/a.js"]);
});

test("globs that leave nothing are an error that names them and a file, before any work", () => {
  expect(() => restrictSources(project, { include: ["src/**/*.js"], exclude: [] })).toThrow(
    expect.objectContaining({
      code: "RGS-1002",
      message: expect.stringMatching(
        /include: \[src\/\*\*\/\*\.js\].*2 source files.*lib\/a\.js/u,
      ) as string,
    }) as Error,
  );
});

test("a project without sources is left to those who know why", () => {
  const empty = { ...project, sourceFiles: [] };
  expect(restrictSources(empty, { include: ["a"], exclude: [] }).sourceFiles).toEqual([]);
});
