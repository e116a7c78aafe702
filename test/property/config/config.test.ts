import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONFIG_KEYS } from "../../../src/config/keys.ts";
import { type Layer, type Leaf, toOrigin } from "../../../src/config/layers/leaf.ts";
import { mergeLayers } from "../../../src/config/layers/merge.ts";
import { migrateText } from "../../../src/config/migrate.ts";
import { splitCommand } from "../../../src/config/secrets/reference.ts";
import { parseYamlConfig } from "../../../src/config/sources/yaml-source.ts";

const SANDBOX_RANK: readonly unknown[] = ["guarded", "auto", "namespace"];

const aLeaf: fc.Arbitrary<Leaf> = fc
  .oneof(
    fc.record({ key: fc.constantFrom("seed", "reruns"), value: fc.nat(9) }),
    fc.record({ key: fc.constant("sandbox"), value: fc.constantFrom(...SANDBOX_RANK) }),
    fc.record({ key: fc.constant("providers.a.apiKey"), value: fc.string() }),
  )
  .map(({ key, value }) => ({ path: key.split("."), value, origin: toOrigin("project", key) }));

const aLayer: fc.Arbitrary<Layer> = fc.record({
  isOwner: fc.boolean(),
  mayLower: fc.boolean(),
  leaves: fc.array(aLeaf, { maxLength: 4 }),
});

describe("merging layers", () => {
  test("takes each value from the last source that may set it, and counts every word", () => {
    fc.assert(
      fc.property(fc.array(aLayer, { maxLength: 6 }), (layers) => {
        const { settings, refusals } = mergeLayers(layers);
        const words = layers.flatMap(({ leaves }) => leaves);
        const votes = [...settings.values()].flatMap((setting) => setting.votes);
        expect(votes.length + refusals.length).toBe(words.length);
        for (const { votes: own, value } of settings.values())
          expect(own.at(-1)?.value).toBe(value);
        const free = words.filter(({ path }) => path[0] === "seed").at(-1);
        expect(settings.get("seed")?.value).toBe(free?.value);
        const owned = layers
          .filter(({ isOwner }) => isOwner)
          .flatMap(({ leaves }) => leaves.filter(({ path }) => path[0] === "providers"));
        expect(settings.get("providers.a.apiKey")?.value).toBe(owned.at(-1)?.value);
      }),
    );
  });

  test("never lowers the sandbox for who may not", () => {
    fc.assert(
      fc.property(
        fc.array(aLayer, { maxLength: 4 }),
        fc.array(aLayer, { maxLength: 4 }),
        (own, other) => {
          const rank = (layers: readonly Layer[]): number =>
            SANDBOX_RANK.indexOf(mergeLayers(layers).settings.get("sandbox")?.value);
          const strangers = other.map((layer) => ({ ...layer, mayLower: false }));
          expect(rank([...own, ...strangers])).toBeGreaterThanOrEqual(rank(own));
        },
      ),
    );
  });
});

const aKey = fc.constantFrom(...CONFIG_KEYS, "profile", "providers", "profiles", "__proto__", "x");
const aConfigText = fc
  .array(
    fc.tuple(aKey, fc.oneof(fc.string(), fc.json(), fc.constantFrom("1", "60s", "auto", "[a]"))),
    { maxLength: 5 },
  )
  .map((rows) => rows.map(([key, value]) => `${key}: ${value}`).join("\n"));

describe("any text", () => {
  test("is a configuration or a list of problems with places, and pollutes nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), aConfigText), (text) => {
        const outcome = parseYamlConfig(text, "file");
        if (outcome.kind === "failed") {
          expect(outcome.problems.length).toBeGreaterThan(0);
          for (const { line, column } of outcome.problems) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
          }
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  test("means the same after it was migrated, and is migrated once", () => {
    fc.assert(
      fc.property(aConfigText, (text) => {
        const migration = migrateText(text, "file");
        if (migration.kind !== "migrated") return;
        expect(migrateText(migration.text, "file")).toEqual({ kind: "current" });
      }),
    );
  });
});

test("a quoted word of a command comes back as it was", () => {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      expect(splitCommand(["run", ...words].map(quote).join(" "))).toEqual(["run", ...words]);
    }),
  );
});
