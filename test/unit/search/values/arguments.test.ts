import { describe, expect, test } from "vitest";

import type { ParameterHint, TypeHint } from "../../../../src/contract/api-model.ts";
import type { ValueGene } from "../../../../src/contract/program.ts";
import { aContext, aParam, aSource } from "./builders.ts";

const DRAWS = 400;

function draw(
  hint: ParameterHint | null,
  context = aContext(),
  source = aSource(),
): readonly ValueGene[] {
  return Array.from({ length: DRAWS }, () => source.forParameter(hint, context));
}

function share(genes: readonly ValueGene[], test: (gene: ValueGene) => boolean): number {
  return genes.filter(test).length / genes.length;
}

describe("references to earlier results", () => {
  const refs = [
    { statement: 0, className: "Complex" },
    { statement: 1, className: "Array" },
  ];
  const isRef =
    (statement: number) =>
    (gene: ValueGene): boolean =>
      gene.kind === "ref" && gene.statement === statement;

  test("an instance parameter nearly always takes an earlier instance", () => {
    const type: TypeHint = { kind: "instance", path: ["Complex"], className: "Complex" };
    expect(share(draw(aParam("z", type), aContext({ refs })), isRef(0))).toBeGreaterThan(0.7);
  });

  test("a union with an instance takes one too", () => {
    const type: TypeHint = {
      kind: "union",
      of: [{ kind: "number" }, { kind: "instance", path: ["Complex"], className: "Complex" }],
    };
    expect(share(draw(aParam("z", type), aContext({ refs })), isRef(0))).toBeGreaterThan(0.7);
  });

  test("an array parameter takes an earlier array now and then", () => {
    const type: TypeHint = { kind: "array", of: { kind: "number" } };
    const found = share(draw(aParam("q", type), aContext({ refs })), isRef(1));
    expect(found).toBeGreaterThan(0.1);
    expect(found).toBeLessThan(0.4);
  });

  test("an unknown parameter takes any", () => {
    expect(share(draw(null, aContext({ refs })), (gene) => gene.kind === "ref")).toBeGreaterThan(
      0.1,
    );
  });

  test("without refs an instance is stood in for by an object or the prototype", () => {
    const type: TypeHint = { kind: "instance", path: ["Complex"], className: "Complex" };
    const kinds = new Set(
      draw(aParam("z", type), aContext(), aSource(2, { propertyNames: ["re", "im"] })).map(
        (gene) => gene.kind,
      ),
    );
    expect(kinds).toContain("object");
    expect(kinds).toContain("export");
  });
});

describe("arguments of a call", () => {
  const context = { callable: null, refs: [] };

  test("mostly match the declared count, now and then fewer or one more", () => {
    const source = aSource();
    const counts = Array.from(
      { length: 1_000 },
      () =>
        source.forArguments(
          [aParam("a", { kind: "number" }), aParam("b", { kind: "number" })],
          context,
        ).length,
    );
    expect(counts.filter((count) => count === 2).length).toBeGreaterThan(880);
    expect(new Set(counts)).toEqual(new Set([1, 2, 3]));
  });

  test("optional ones may be missing and rest ones come several at a time", () => {
    const source = aSource();
    const params = [
      { ...aParam("a", { kind: "number" }), optional: true },
      { ...aParam("more", { kind: "number" }), rest: true },
    ];
    const counts = new Set(
      Array.from({ length: 500 }, () => source.forArguments(params, context).length),
    );
    expect(counts).toContain(0);
    expect(counts).toContain(4);
  });

  test("unknown parameters get between none and three", () => {
    const source = aSource();
    const counts = new Set(
      Array.from({ length: 200 }, () => source.forArguments(null, context).length),
    );
    expect(counts).toEqual(new Set([0, 1, 2, 3]));
  });
});
