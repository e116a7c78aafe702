import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom } from "../../../../src/kernel/random.ts";
import { mutateValue } from "../../../../src/search/values/mutate-value.ts";
import { simplifications } from "../../../../src/search/values/simplify-value.ts";
import { collectRefs, mapRefs, valueSize } from "../../../../src/search/values/walk-value.ts";
import { aContext, aParam, aSource } from "../../../unit/search/values/builders.ts";
import { typeHint, valueGene } from "./arbitraries.ts";

describe("value genes", () => {
  test("survive a round trip through JSON", () => {
    fc.assert(
      fc.property(fc.integer(), typeHint, (seed, hint) => {
        const source = aSource(seed, {
          propertyNames: ["a", "items"],
          pool: [{ kind: "string", value: "pool" }],
        });
        for (const gene of [
          source.forType(hint, 0),
          source.any(),
          source.forParameter(
            aParam("options", hint),
            aContext({ refs: [{ statement: 0, className: "Array" }] }),
          ),
          source.forParameter(null, aContext()),
        ]) {
          expect(JSON.parse(JSON.stringify(gene))).toEqual(gene);
        }
      }),
    );
  });

  test("are the same for the same seed", () => {
    fc.assert(
      fc.property(fc.integer(), typeHint, (seed, hint) => {
        const draw = (): unknown => {
          const source = aSource(seed);
          return [
            source.forType(hint, 0),
            source.any(),
            source.forArguments(null, { callable: null, refs: [] }),
          ];
        };
        expect(draw()).toEqual(draw());
      }),
    );
  });

  test("stay valid JSON and bounded under long chains of mutation", () => {
    fc.assert(
      fc.property(fc.integer(), valueGene, (seed, start) => {
        const random = createRandom(seed);
        const source = aSource(seed);
        let gene = start;
        for (let step = 0; step < 40; step += 1) gene = mutateValue(random, gene, source);
        const text = JSON.stringify(gene);
        expect(JSON.parse(text)).toEqual(gene);
        expect(text.length).toBeLessThan(200_000);
      }),
    );
  });
});

describe("simplifications", () => {
  test("are strictly smaller, so that shrinking ends", () => {
    fc.assert(
      fc.property(valueGene, fc.integer({ min: 0, max: 1000 }), (start, choice) => {
        let gene = start;
        for (;;) {
          const simpler = simplifications(gene);
          for (const candidate of simpler)
            expect(valueSize(candidate)).toBeLessThan(valueSize(gene));
          const next = simpler[choice % Math.max(1, simpler.length)];
          if (next === undefined) break;
          gene = next;
        }
        expect(valueSize(gene)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test("introduce no reference that was not there", () => {
    fc.assert(
      fc.property(valueGene, (gene) => {
        const before = new Set(collectRefs(gene));
        for (const candidate of simplifications(gene)) {
          for (const ref of collectRefs(candidate)) expect(before.has(ref)).toBe(true);
        }
      }),
    );
  });
});

describe("mapRefs", () => {
  test("renumbers every reference and nothing else", () => {
    fc.assert(
      fc.property(valueGene, (gene) => {
        const moved = mapRefs(gene, (statement) => ({ kind: "ref", statement: statement + 10 }));
        expect(collectRefs(moved)).toEqual(collectRefs(gene).map((ref) => ref + 10));
        const back = mapRefs(moved, (statement) => ({ kind: "ref", statement: statement - 10 }));
        expect(back).toEqual(gene);
      }),
    );
  });
});
