import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { discoverTargets } from "../../../../src/search/engine/surface.ts";
import { FILE } from "./fake-world.ts";

const MODEL = { file: FILE, callables: [], tainted: [] } as unknown as Parameters<
  typeof discoverTargets
>[1];

const targetsOf = (namespace: object): readonly string[] =>
  discoverTargets({ file: FILE, system: "esm", namespace }, MODEL, []).map(({ path }) =>
    path.join("."),
  );

describe("the surface of a module", () => {
  test("leaves out what Node comes with, also what it loads late", () => {
    expect(targetsOf({ Map, Headers, WebSocket, run: (): number => 1 })).toEqual(["run"]);
  });

  test("has a class of the target's own that is called as one of Node's", () => {
    class Headers {
      get(): number {
        return 1;
      }
    }
    expect(targetsOf({ Headers })).toContain("Headers");
  });

  test("does not load the HTTP client of Node to look for itself", () => {
    const file = pathToFileURL(
      join(import.meta.dirname, "../../../../src/search/engine/surface.ts"),
    ).href;
    const script = `await import(${JSON.stringify(file)}); process.stdout.write(String(process.moduleLoadList.filter((name) => name.includes("undici")).length));`;
    const said = execFileSync("node", ["--no-warnings", "--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect(said).toBe("0");
  });
});
