import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { migrateText } from "../../../src/config/migrate.ts";
import { parseYamlConfig } from "../../../src/config/sources/yaml-source.ts";

const CORPUS = join(import.meta.dirname, "..", "..", "fixtures", "config-corpus");

function migrate(text: string): string {
  const migration = migrateText(text, "file");
  return migration.kind === "migrated" ? migration.text : JSON.stringify(migration);
}

describe("migrating a file without a version", () => {
  test.each(readdirSync(CORPUS))("changes nothing else in %s", (name) => {
    const text = readFileSync(join(CORPUS, name), "utf8");
    const migrated = migrate(text);
    const before = parseYamlConfig(text, name);
    const after = parseYamlConfig(migrated, name);
    if (before.kind !== "parsed" || after.kind !== "parsed") throw new Error("does not parse");
    expect(after.config).toEqual({ ...before.config, version: 1 });
    const inserted = /\s?"?version"?: 1,?(?:\r?\n){0,2}/;
    expect(migrated.replace(inserted, "").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
    expect(migrateText(migrated, name)).toEqual({ kind: "current" });
  });

  test.each([
    ["seed: 1 # one\n", "version: 1\nseed: 1 # one\n"],
    ["# about seed\nseed: 1\n", "version: 1\n# about seed\nseed: 1\n"],
    ["# Head\n#\n\n# about\nseed: 1\n", "# Head\n#\n\nversion: 1\n\n# about\nseed: 1\n"],
    ["---\nseed: 1\n", "---\nversion: 1\nseed: 1\n"],
    ["%YAML 1.2\n---\nseed: 1\n", "%YAML 1.2\n---\nversion: 1\nseed: 1\n"],
    ["# a\r\n\r\nseed: 'x'\r\n".replace("'x'", "2"), "# a\r\n\r\nversion: 1\r\n\r\nseed: 2\r\n"],
    ["{ seed: 1 }", '{ "version": 1, seed: 1 }'],
    ["{}", '{ "version": 1}'],
    ["", "version: 1\n"],
    ["seed: 1", "version: 1\nseed: 1"],
  ])("%j becomes %j", (before, after) => {
    expect(migrate(before)).toBe(after);
  });

  test("leaves alone what it cannot read or keep", () => {
    expect(migrateText("sed: 1\n", "file")).toMatchObject({
      kind: "failed",
      problems: [{ source: "file", line: 1, column: 1 }],
    });
    expect(migrateText("  seed: 1\n  reruns: 2\n", "file")).toMatchObject({
      kind: "failed",
      problems: [{ message: expect.stringContaining("by hand") as string }],
    });
  });
});
