import { describe, expect, test } from "vitest";

import type { ParameterHint, TypeHint } from "../../../../src/contract/api-model.ts";
import type { ValueGene } from "../../../../src/contract/program.ts";
import { makerForName } from "../../../../src/search/values/names.ts";
import { aCallable, aContext, aParam, aSource } from "./builders.ts";

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

describe("type-directed values", () => {
  const kinds: readonly (readonly [TypeHint, ValueGene["kind"]])[] = [
    [{ kind: "number" }, "number"],
    [{ kind: "string" }, "string"],
    [{ kind: "boolean" }, "boolean"],
    [{ kind: "bigint" }, "bigint"],
    [{ kind: "symbol" }, "symbol"],
    [{ kind: "date" }, "date"],
    [{ kind: "regexp" }, "regexp"],
    [{ kind: "error" }, "error"],
    [{ kind: "bytes" }, "bytes"],
    [{ kind: "typed-array", type: "Int8Array" }, "typed-array"],
    [{ kind: "array", of: { kind: "number" } }, "array"],
    [{ kind: "function", params: [], returns: { kind: "void" } }, "function"],
    [{ kind: "map", key: { kind: "string" }, value: { kind: "number" } }, "map"],
    [{ kind: "set", of: { kind: "string" } }, "set"],
  ];
  test.each(kinds)(
    "%j mostly gives its own kind, and now and then something else",
    (type, kind) => {
      const fitting = share(draw(aParam("q", type)), (gene) => gene.kind === kind);
      expect(fitting).toBeGreaterThan(0.86);
      expect(fitting).toBeLessThan(1);
    },
  );

  test("integer is never fractional, NaN or infinite", () => {
    const source = aSource();
    for (let index = 0; index < DRAWS; index += 1) {
      const gene = source.forType({ kind: "integer" }, 0);
      expect(gene.kind === "number" && Number.isInteger(gene.value)).toBe(true);
    }
  });

  test("literal gives the literal", () => {
    const source = aSource();
    expect(source.forType({ kind: "literal", value: "asc" }, 0)).toEqual({
      kind: "string",
      value: "asc",
    });
    expect(source.forType({ kind: "literal", value: 2 }, 0)).toEqual({ kind: "number", value: 2 });
    expect(source.forType({ kind: "literal", value: false }, 0)).toEqual({
      kind: "boolean",
      value: false,
    });
  });

  test("null, undefined and void give themselves", () => {
    const source = aSource();
    expect(source.forType({ kind: "null" }, 0)).toEqual({ kind: "null" });
    expect(source.forType({ kind: "undefined" }, 0)).toEqual({ kind: "undefined" });
    expect(source.forType({ kind: "void" }, 0)).toEqual({ kind: "undefined" });
    expect(source.forType({ kind: "union", of: [] }, 0)).toEqual({ kind: "undefined" });
  });

  test("object always has required properties and sometimes optional ones", () => {
    const source = aSource();
    const type: TypeHint = {
      kind: "object",
      properties: [
        { name: "id", optional: false, type: { kind: "number" } },
        { name: "label", optional: true, type: { kind: "any" } },
      ],
      index: { kind: "boolean" },
    };
    const genes = Array.from({ length: DRAWS }, () => source.forType(type, 0));
    const has = (gene: ValueGene, name: string): boolean =>
      gene.kind === "object" && gene.entries.some(([key]) => key === name);
    expect(share(genes, (gene) => has(gene, "id"))).toBe(1);
    expect(share(genes, (gene) => has(gene, "label"))).toBeGreaterThan(0.2);
    expect(share(genes, (gene) => has(gene, "label"))).toBeLessThan(0.9);
    expect(
      share(genes, (gene) => gene.kind === "object" && gene.entries.length > 2),
    ).toBeGreaterThan(0.1);
  });

  test("tuple keeps its length and promise wraps", () => {
    const source = aSource();
    const tuple = source.forType(
      { kind: "tuple", items: [{ kind: "number" }, { kind: "string" }] },
      0,
    );
    expect(tuple.kind === "array" && tuple.items.map((item) => item.kind)).toEqual([
      "number",
      "string",
    ]);
    const promises = Array.from({ length: 100 }, () =>
      source.forType({ kind: "promise", of: { kind: "number" } }, 0),
    );
    expect(new Set(promises.map((gene) => gene.kind))).toEqual(
      new Set(["promise", "rejected-promise"]),
    );
  });

  test("async iterables are never plain arrays", () => {
    const source = aSource();
    for (let index = 0; index < 50; index += 1) {
      const gene = source.forType({ kind: "iterable", of: { kind: "number" }, isAsync: true }, 0);
      expect(gene.kind).toBe("iterable");
    }
  });

  test("deeply nested types end", () => {
    let type: TypeHint = { kind: "number" };
    for (let depth = 0; depth < 12; depth += 1) type = { kind: "array", of: type };
    expect(JSON.stringify(aSource().forType(type, 0)).length).toBeLessThan(100_000);
  });

  test("an Uint8Array is written as bytes", () => {
    expect(aSource().forType({ kind: "typed-array", type: "Uint8Array" }, 0).kind).toBe("bytes");
  });
});

describe("callbacks", () => {
  const templates = (type: TypeHint): Set<string> => {
    const source = aSource();
    return new Set(
      Array.from({ length: DRAWS }, () => source.forType(type, 0)).flatMap((gene) =>
        gene.kind === "function" ? [gene.template.kind] : [],
      ),
    );
  };
  const pair = [aParam("a", { kind: "number" }), aParam("b", { kind: "number" })];

  test("a comparator subtracts", () => {
    const kinds = templates({ kind: "function", params: pair, returns: { kind: "number" } });
    expect(kinds).toContain("operator");
    expect(kinds).not.toContain("async-constant");
  });

  test("a predicate compares or answers a constant", () => {
    const kinds = templates({ kind: "function", params: pair, returns: { kind: "boolean" } });
    expect(kinds).toContain("operator");
    expect(kinds).toContain("constant");
  });

  test("a promised result is asynchronous", () => {
    const kinds = templates({
      kind: "function",
      params: [],
      returns: { kind: "promise", of: { kind: "number" } },
    });
    expect(kinds).toContain("async-constant");
  });

  test("a maybe promised result is sometimes asynchronous", () => {
    const returns: TypeHint = {
      kind: "union",
      of: [{ kind: "promise", of: { kind: "number" } }, { kind: "number" }],
    };
    const kinds = templates({ kind: "function", params: [], returns });
    expect(kinds).toContain("async-constant");
    expect(kinds).toContain("constant");
  });

  test("a parameter that is a callback gets called", () => {
    const params = [aParam("done", { kind: "function", params: [], returns: { kind: "void" } })];
    expect(templates({ kind: "function", params, returns: { kind: "void" } })).toContain(
      "calls-back",
    );
  });

  test("an object parameter is read by its declared properties", () => {
    const params = [
      aParam("user", {
        kind: "object",
        properties: [{ name: "age", optional: false, type: { kind: "number" } }],
        index: null,
      }),
    ];
    expect(templates({ kind: "function", params, returns: { kind: "string" } })).toContain(
      "property",
    );
  });

  test("nothing known gives a mix", () => {
    expect(
      templates({ kind: "function", params: [], returns: { kind: "any" } }).size,
    ).toBeGreaterThan(5);
  });
});

describe("name-directed values", () => {
  test.each([
    ["callback", "function"],
    ["cb", "function"],
    ["srcFile", "string"],
    ["url", "string"],
    ["encoding", "string"],
    ["options", "object"],
    ["opts", "object"],
    ["startDate", "date"],
    ["fromIndex", "number"],
    ["item_count", "number"],
    ["items", "array"],
    ["matrix", "array"],
    ["points", "array"],
    ["html", "string"],
    ["json", "string"],
    ["regex", "regexp"],
    ["buffer", "bytes"],
    ["err", "error"],
    ["promise", "promise"],
    ["recursive", "boolean"],
    ["propertyKey", "string"],
    ["separator", "string"],
    ["headers", "object"],
    ["timeZone", "string"],
    ["mode", "string"],
    ["onChange", "function"],
    ["target", "object"],
    ["mean", "number"],
  ] as const)("an untyped parameter called %s is most often a %s", (name, kind) => {
    expect(makerForName(name)).not.toBeNull();
    const genes = draw(aParam(name));
    const counts = new Map<string, number>();
    for (const gene of genes) counts.set(gene.kind, (counts.get(gene.kind) ?? 0) + 1);
    const [top] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    expect(top).toBe(kind);
  });

  test("a name that says nothing has no maker", () => {
    expect(makerForName("zzz")).toBeNull();
    expect(makerForName("zzz")).toBeNull();
  });

  test("a string parameter called path is often a path of the fixture", () => {
    const genes = draw(aParam("path", { kind: "string" }));
    expect(
      share(genes, (gene) => gene.kind === "string" && gene.value === "file.txt"),
    ).toBeGreaterThan(0.005);
  });
});

describe("pools", () => {
  test("literals of the callable come up, whole, off by one and joined", () => {
    const callable = aCallable({
      literals: [
        { kind: "number", value: 777 },
        { kind: "string", value: "magic" },
      ],
    });
    const numbers = draw(aParam("n", { kind: "number" }), aContext({ callable }));
    expect(share(numbers, (gene) => gene.kind === "number" && gene.value === 777)).toBeGreaterThan(
      0.01,
    );
    expect(share(numbers, (gene) => gene.kind === "number" && gene.value === 778)).toBeGreaterThan(
      0,
    );
    const texts = draw(aParam("s", { kind: "string" }), aContext({ callable }));
    expect(
      share(texts, (gene) => gene.kind === "string" && gene.value === "magic"),
    ).toBeGreaterThan(0.01);
    expect(
      share(
        texts,
        (gene) => gene.kind === "string" && gene.value.length > 5 && gene.value.includes("magic"),
      ),
    ).toBeGreaterThan(0);
  });

  test("operands of comparisons join the pool; other things are left alone", () => {
    const source = aSource();
    source.observe("sesame");
    source.observe(4711);
    source.observe(/^open-(\d+)$/);
    source.observe(true);
    source.observe(null);
    source.observe(undefined);
    source.observe({ toString: () => "never called" });
    source.observe(RegExp.prototype);
    source.observe("x".repeat(5_000));
    const texts = Array.from({ length: 2_000 }, () => source.text());
    expect(texts).toContain("sesame");
    expect(texts.some((text) => /^open-\d+$/.test(text))).toBe(true);
    expect(texts.every((text) => text.length < 2_000)).toBe(true);
    expect(Array.from({ length: 2_000 }, () => source.number())).toContain(4711);
  });

  test("the observed pool is bounded: the oldest value makes room", () => {
    const source = aSource();
    for (let index = 0; index < 1_000; index += 1) {
      source.observe(`seen-${index}`);
      source.observe(1_000_000 + index);
    }
    const texts = new Set(Array.from({ length: 20_000 }, () => source.text()));
    expect(texts.has("seen-999")).toBe(true);
    expect(texts.has("seen-0")).toBe(false);
  });

  test("pooled structures are used as they stand", () => {
    const structure: ValueGene = { kind: "array", items: [{ kind: "string", value: "doc" }] };
    const source = aSource(1, {
      pool: [
        structure,
        { kind: "regexp", source: "^zz\\d$", flags: "" },
        { kind: "number", value: 99 },
      ],
    });
    const genes = Array.from({ length: 3_000 }, () => source.any());
    expect(genes).toContainEqual(structure);
    expect(genes).toContainEqual({ kind: "number", value: 99 });
    expect(genes.some((gene) => gene.kind === "string" && /^zz\d$/.test(gene.value))).toBe(true);
  });

  test("property names of the sources become keys of option objects", () => {
    const source = aSource(1, { propertyNames: ["retain", "insert"] });
    const genes = draw(aParam("options"), aContext(), source);
    expect(share(genes, (gene) => JSON.stringify(gene).includes('"retain"'))).toBeGreaterThan(0.3);
    expect(Array.from({ length: 50 }, () => source.key())).toContain("retain");
  });
});
