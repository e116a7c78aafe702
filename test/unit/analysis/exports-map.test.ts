import { describe, expect, test } from "vitest";
import {
  flattenExports,
  targetsOfImports,
  typesTargets,
} from "../../../src/analysis/project/exports-map.ts";

const REQUIRE = ["node", "require", "default"];

describe("the exports map", () => {
  test("reads a plain target and an absent map", () => {
    expect(flattenExports("./a.js", REQUIRE)).toEqual([
      { specifier: ".", targets: ["./a.js"], isPattern: false },
    ]);
    expect(flattenExports(undefined, REQUIRE)).toEqual([]);
    expect(flattenExports(null, REQUIRE)).toEqual([]);
  });

  test("prefers the asked conditions and keeps the others as a fallback", () => {
    const map = {
      ".": {
        types: "./a.d.ts",
        import: { node: "./node.mjs", default: "./a.mjs" },
        require: "./a.cjs",
        browser: "./b.js",
      },
    };
    expect(flattenExports(map, REQUIRE)[0]?.targets).toEqual(["./a.cjs", "./node.mjs", "./a.mjs"]);
    expect(flattenExports(map, ["node", "import", "default"])[0]?.targets[0]).toBe("./node.mjs");
  });

  test("reads arrays, nested conditions and patterns; drops null and bare targets", () => {
    const map = {
      ".": [{ require: "./x.js" }, "./y.js"],
      "./sub/*": "./lib/*.js",
      "./folder/": "./lib/",
      "./private": null,
      "./bare": "lodash",
    };
    expect(flattenExports(map, REQUIRE)).toEqual([
      { specifier: ".", targets: ["./x.js", "./y.js"], isPattern: false },
      { specifier: "./sub/*", targets: ["./lib/*.js"], isPattern: true },
      { specifier: "./folder/", targets: ["./lib/"], isPattern: true },
    ]);
  });

  test("survives maps that nest without end", () => {
    let map: unknown = "./a.js";
    for (let depth = 0; depth < 100; depth += 1) map = { default: map };
    expect(flattenExports(map, REQUIRE)).toEqual([]);
  });

  test("finds declarations under types, versioned or nested", () => {
    expect(typesTargets({ ".": { import: { types: "./a.d.mts" } } }, ".")).toEqual(["./a.d.mts"]);
    expect(typesTargets({ "types@>=4": "./b.d.ts", default: "./a.js" }, ".")).toEqual(["./b.d.ts"]);
    expect(typesTargets("./a.js", ".")).toEqual([]);
    expect(typesTargets("./a.js", "./x")).toEqual([]);
  });

  test("resolves subpath imports, exact and by pattern", () => {
    const imports = { "#a": { node: "./a.js" }, "#lib/*": "./src/*.js", other: 1 };
    expect(targetsOfImports(imports, "#a")).toEqual(["./a.js"]);
    expect(targetsOfImports(imports, "#lib/x")).toEqual(["./src/x.js"]);
    expect(targetsOfImports(imports, "#none")).toEqual([]);
    expect(targetsOfImports("broken", "#a")).toEqual([]);
  });
});
