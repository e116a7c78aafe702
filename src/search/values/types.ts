import type { TypeHint } from "../../contract/api-model.ts";
import type { ValueGene } from "../../contract/program.ts";
import {
  arrayGene,
  booleanGene,
  bytesGene,
  functionGene,
  numberGene,
  NULL,
  objectGene,
  stringGene,
  UNDEFINED,
} from "./genes.ts";
import { MAX_DEPTH, type ValueKit } from "./kit.ts";
import { anyKey } from "./names.ts";
import { anyInteger, anyNumber } from "./numbers.ts";
import { anyText } from "./texts.ts";

/** A value that a declared type allows, as far as one can be written as an expression. */
export function makeForType(kit: ValueKit, type: TypeHint, depth: number): ValueGene {
  const { random } = kit;
  switch (type.kind) {
    case "unknown":
    case "any":
    case "never":
      return kit.any(depth);
    case "number":
      return numberGene(anyNumber(kit));
    case "integer":
      return numberGene(anyInteger(kit));
    case "string":
      return stringGene(anyText(kit));
    case "boolean":
      return booleanGene(random.chance(0.5));
    case "bigint":
      return {
        kind: "bigint",
        value: random.pick(["0", "1", "-1", "2", "10", "9007199254740993"]),
      };
    case "symbol":
      return { kind: "symbol", description: random.pick(["a", "", "key"]) };
    case "null":
      return NULL;
    case "undefined":
    case "void":
      return UNDEFINED;
    case "literal":
      return literal(type.value);
    case "regexp":
      return regexp(kit);
    case "date":
      return date(kit);
    case "error":
      return { kind: "error", type: random.pick(["Error", "TypeError"] as const), message: "boom" };
    case "bytes":
      return bytesGene(
        random.chance(0.6) ? random.pick(["", "a", "hello", "{}"]) : anyText(kit),
        random.chance(0.65) ? "Buffer" : random.pick(["Uint8Array", "ArrayBuffer"] as const),
      );
    case "typed-array":
      return typedArray(kit, type.type);
    default:
      return makeStructure(kit, type, depth);
  }
}

type StructureHint = Extract<
  TypeHint,
  {
    kind:
      | "array"
      | "tuple"
      | "object"
      | "union"
      | "function"
      | "promise"
      | "iterable"
      | "map"
      | "set"
      | "instance";
  }
>;

function makeStructure(kit: ValueKit, type: StructureHint, depth: number): ValueGene {
  const { random } = kit;
  switch (type.kind) {
    case "array":
      return arrayGene(listOf(kit, type.of, depth));
    case "tuple":
      return arrayGene(type.items.map((item) => kit.forType(item, depth + 1)));
    case "object":
      return object(kit, type, depth);
    case "union":
      return union(kit, type.of, depth);
    case "function":
      return kit.callback(type.params, type.returns, depth);
    case "promise":
      return random.chance(0.85) || depth > 2
        ? { kind: "promise", value: kit.forType(type.of, depth + 1) }
        : { kind: "rejected-promise", message: "boom" };
    case "iterable":
      return random.chance(0.5) && !type.isAsync
        ? arrayGene(listOf(kit, type.of, depth))
        : { kind: "iterable", items: listOf(kit, type.of, depth) };
    case "map":
      return {
        kind: "map",
        entries: listOf(kit, type.key, depth).map(
          (key) => [key, kit.forType(type.value, depth + 1)] as const,
        ),
      };
    case "set":
      return { kind: "set", items: listOf(kit, type.of, depth) };
    case "instance":
      return standIn(kit, type.className, depth);
  }
}

const LENGTHS: readonly number[] = [0, 1, 2, 3, 3, 4, 5, 7];

function listOf(kit: ValueKit, of: TypeHint, depth: number): readonly ValueGene[] {
  if (depth >= MAX_DEPTH) return [];
  const { random } = kit;
  const length = depth >= 2 ? random.pick([0, 1, 2, 3]) : random.pick(LENGTHS);
  if (of.kind === "number" && random.chance(0.55)) {
    // Plain small numbers: one NaN among five values hides every other property of the result.
    const bound = random.pick([3, 10, 10, 100]);
    const items = Array.from({ length: random.chance(0.15) ? length * 3 : length }, () =>
      random.int(bound),
    );
    if (random.chance(0.3)) items.sort((a, b) => a - b);
    return items.map(numberGene);
  }
  const items = Array.from({ length }, () => kit.forType(of, depth + 1));
  const [first] = items;
  // Equal elements reach code that compares them.
  return first !== undefined && random.chance(0.15) ? [...items, first] : items;
}

function object(
  kit: ValueKit,
  type: Extract<TypeHint, { kind: "object" }>,
  depth: number,
): ValueGene {
  const { random } = kit;
  const share = depth === 0 ? random.pick([0.15, 0.4, 0.8]) : 0.35;
  const entries = type.properties
    .filter((property) => !property.optional || (depth < MAX_DEPTH && random.chance(share)))
    .slice(0, 24)
    .map((property) => [property.name, forProperty(kit, property, depth)] as const);
  if (type.index === null || depth >= MAX_DEPTH) return objectGene(entries);
  const further = Array.from(
    { length: random.int(3) },
    () => [anyKey(kit), kit.forType(type.index ?? { kind: "any" }, depth + 1)] as const,
  );
  return objectGene([...entries, ...further]);
}

function forProperty(
  kit: ValueKit,
  property: { readonly name: string; readonly type: TypeHint },
  depth: number,
): ValueGene {
  if (property.type.kind === "any" || property.type.kind === "unknown") {
    return kit.forName(property.name, depth + 1) ?? kit.any(depth + 1);
  }
  return kit.forType(property.type, depth + 1);
}

function union(kit: ValueKit, of: readonly TypeHint[], depth: number): ValueGene {
  if (of.length === 0) return UNDEFINED;
  const { random } = kit;
  // Members that are hard to write come up less often, and so does absence.
  const easy = of.filter(
    (member) => member.kind !== "instance" && member.kind !== "undefined" && member.kind !== "null",
  );
  const pick = easy.length > 0 && random.chance(0.85) ? random.pick(easy) : random.pick(of);
  return kit.forType(pick, depth);
}

/** A class that no earlier statement made: an object that looks a little like one. */
function standIn(kit: ValueKit, className: string, depth: number): ValueGene {
  const { random, instancePaths } = kit;
  const path = instancePaths.find((candidate) => candidate.at(-1) === className);
  if (path !== undefined && random.chance(0.15))
    return { kind: "export", path: [...path, "prototype"] };
  const names = kit.propertyNames.slice(0, 8);
  if (names.length === 0 || depth >= MAX_DEPTH || random.chance(0.3)) return objectGene([]);
  return objectGene(
    random
      .shuffle(names)
      .slice(0, 2)
      .map((name) => [name, kit.any(depth + 2)] as const),
  );
}

function literal(value: string | number | boolean): ValueGene {
  if (typeof value === "string") return stringGene(value);
  return typeof value === "number" ? numberGene(value) : booleanGene(value);
}

function regexp(kit: ValueKit): ValueGene {
  return {
    kind: "regexp",
    ...kit.random.pick([
      { source: "a", flags: "" },
      { source: "\\d+", flags: "g" },
      { source: "[a-z]+", flags: "gi" },
      { source: "(\\w)(\\w)", flags: "" },
    ]),
  };
}

function date(kit: ValueKit): ValueGene {
  if (kit.random.chance(0.06)) return { kind: "date", epochMs: "NaN" };
  return {
    kind: "date",
    epochMs: kit.random.pick([
      0, 1_577_836_800_000, 1_709_164_800_000, 951_782_400_000, 1_593_561_600_000, -1,
    ]),
  };
}

const TYPED_ARRAYS = [
  "Int8Array",
  "Int32Array",
  "Float64Array",
  "Uint16Array",
  "Uint32Array",
  "Float32Array",
] as const;

function typedArray(kit: ValueKit, name: string): ValueGene {
  if (name === "Uint8Array") return bytesGene(kit.random.pick(["", "a", "hello"]), "Uint8Array");
  const type = TYPED_ARRAYS.find((known) => known === name) ?? "Float64Array";
  const length = kit.random.pick(LENGTHS);
  return { kind: "typed-array", type, items: Array.from({ length }, () => kit.random.int(100)) };
}

/** A value of no particular type; small and canonical ones come first. */
export function makeAny(
  kit: ValueKit,
  depth: number,
  list: () => ValueGene,
  plain: () => ValueGene,
): ValueGene {
  const { random, pool } = kit;
  const roll = random.int(100);
  if (roll < 18) return numberGene(anyNumber(kit));
  if (roll < 40) return stringGene(anyText(kit));
  if (roll < 48) return pool.value() ?? UNDEFINED;
  if (roll < 54) return booleanGene(random.chance(0.5));
  if (roll < 57) return NULL;
  if (roll < 61) return UNDEFINED;
  if (depth >= MAX_DEPTH) return random.chance(0.5) ? arrayGene([]) : objectGene([]);
  if (roll < 74) return list();
  if (roll < 87) return plain();
  if (roll < 92) return kit.callback(null, null, depth + 1);
  return rare(kit, depth);
}

function rare(kit: ValueKit, depth: number): ValueGene {
  const { random } = kit;
  const inner = (): ValueGene => kit.any(depth + 2);
  const makers: readonly (() => ValueGene)[] = [
    () => date(kit),
    () => regexp(kit),
    () => ({ kind: "map", entries: [[stringGene("a"), inner()]] }),
    () => ({ kind: "set", items: [numberGene(1), inner()] }),
    () => ({ kind: "iterable", items: [numberGene(1), numberGene(2), numberGene(3)] }),
    () => ({ kind: "promise", value: inner() }),
    () => ({ kind: "rejected-promise", message: "boom" }),
    () => ({ kind: "error", type: "Error", message: "boom" }),
    () => bytesGene("hello", random.pick(["Buffer", "Uint8Array", "ArrayBuffer"] as const)),
    () => typedArray(kit, random.pick(TYPED_ARRAYS)),
    () => ({ kind: "bigint", value: random.pick(["0", "1", "10"]) }),
    () => ({ kind: "symbol", description: "a" }),
    () => functionGene({ kind: "argument", index: 0 }),
    () =>
      kit.instancePaths.length > 0
        ? { kind: "export", path: random.pick(kit.instancePaths) }
        : objectGene([]),
  ];
  return random.pick(makers)();
}
