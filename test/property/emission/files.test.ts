import fc from "fast-check";
import { expect, test } from "vitest";

import type {
  FunctionTemplate,
  Statement,
  TestProgram,
  ValueGene,
} from "../../../src/contract/program.ts";
import { locateTests } from "../../../src/emission/files/locate-tests.ts";
import { api, candidate, params, print, returned } from "../../unit/emission/builders.ts";
import { dataGene, text } from "./arbitraries.ts";

const template: fc.Arbitrary<FunctionTemplate> = fc.oneof(
  dataGene.map((value): FunctionTemplate => ({ kind: "constant", value })),
  fc.nat(5).map((index): FunctionTemplate => ({ kind: "argument", index })),
  fc
    .constantFrom("+", "-", "<", ">", "===", "*")
    .map((operator): FunctionTemplate => ({ kind: "operator", operator })),
  fc
    .constantFrom("size", "a-b", "class", "1")
    .map((name): FunctionTemplate => ({ kind: "property", name })),
  text.map((message): FunctionTemplate => ({ kind: "throws", message })),
  dataGene.map((value): FunctionTemplate => ({ kind: "async-constant", value })),
  fc
    .tuple(fc.option(dataGene), dataGene)
    .map(([error, value]): FunctionTemplate => ({ kind: "calls-back", error, value })),
  dataGene.map((returns): FunctionTemplate => ({ kind: "spy", returns })),
);

const gene: fc.Arbitrary<ValueGene> = fc.oneof(
  dataGene,
  template.map((of): ValueGene => ({ kind: "function", template: of })),
  text.map((description): ValueGene => ({ kind: "symbol", description })),
  text.map((message): ValueGene => ({ kind: "error", type: "RangeError", message })),
  dataGene.map((value): ValueGene => ({ kind: "promise", value })),
  text.map((message): ValueGene => ({ kind: "rejected-promise", message })),
  fc.array(dataGene, { maxLength: 3 }).map((items): ValueGene => ({ kind: "iterable", items })),
  fc.constant<ValueGene>({ kind: "ref", statement: 0 }),
);
const args = fc.array(gene, { maxLength: 3 });

const step: fc.Arbitrary<Statement> = fc.oneof(
  fc
    .tuple(args, fc.boolean())
    .map(([given, awaits]): Statement => ({ kind: "call", callee: ["add"], args: given, awaits })),
  args.map((given): Statement => ({ kind: "new", callee: ["add"], args: given })),
  fc.tuple(args, fc.boolean()).map(([given, awaits]): Statement => ({
    ...{ kind: "method", receiver: 0, name: "a-b" },
    ...{ args: given, awaits },
  })),
  fc.constant<Statement>({ kind: "get", receiver: 0, name: "size" }),
  gene.map((value): Statement => ({ kind: "set", receiver: 0, name: "size", value })),
  fc
    .tuple(args, fc.boolean())
    .map(([given, awaits]): Statement => ({ kind: "call-value", callee: 0, args: given, awaits })),
  fc.boolean().map((awaits): Statement => ({ kind: "iterate", receiver: 0, limit: 3, awaits })),
  args.map((given): Statement => ({ kind: "call-with-callback", callee: ["add"], args: given })),
  fc.constant<Statement>({ kind: "wait-event", receiver: 0, event: "end's" }),
);

/** A call, and what may be done with its result. */
const program: fc.Arbitrary<TestProgram["statements"]> = fc
  .tuple(fc.array(dataGene, { maxLength: 3 }), fc.array(step, { maxLength: 4 }))
  .map(([first, rest]) => [{ kind: "call", callee: ["add"], args: first, awaits: false }, ...rest]);

/** Excludes nearly everything, so that arguments are cast. */
const types = api(
  [{ path: ["add"], isTyped: true, signatures: params(["a", { kind: "never" }]) }],
  "lib/math.ts",
);

test.each(["lib/math.ts", "lib/math.js"])("whatever is printed for %s parses", async (module) => {
  await fc.assert(
    fc.asyncProperty(fc.array(program, { minLength: 1, maxLength: 3 }), async (programs) => {
      const suite = await print(
        programs.map((statements) =>
          candidate(
            statements,
            statements.map((_, index) => returned(index)),
            { module },
          ),
        ),
        { api: types, project: { sourceFiles: [module], isTypeScript: module.endsWith("ts") } },
      );
      expect(suite.unprintable.filter(({ reason }) => reason.includes("JavaScript"))).toEqual([]);
      for (const [path, file] of Object.entries(suite.files)) {
        expect(locateTests(file, path.endsWith("ts")).length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 60 },
  );
});
