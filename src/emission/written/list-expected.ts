import { type AnyNode, isNode, walk } from "./tree.ts";

/** What gives a name its value. */
interface Definition {
  readonly text: string;
  /** Part of it whose names count as well. */
  readonly from: unknown;
}

const COMPARES = new Set(["==", "===", "!=", "!==", "<", "<=", ">", ">="]);

/**
 * Texts that give the values with which assertions compare: declarations, assignments, loops and tables behind the
 * names on the expected side, and behind the names in those, in their order. By names alone, so that two of one name
 * count both. `assertions`: nodes of calls, or of conditions.
 */
export function listExpected(
  program: unknown,
  text: string,
  assertions: readonly AnyNode[],
): readonly string[] {
  const definitions = listDefinitions(program, text, new Set(assertions));
  const open = assertions.flatMap(findExpected).flatMap(listNames);
  const seen = new Set<string>();
  const texts: string[] = [];
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const definition of definitions.get(name) ?? []) {
      texts.push(definition.text);
      open.push(...listNames(definition.from));
    }
  }
  return texts;
}

/** `3` of `assert.equal(f(x), 3)`, of `expect(f(x)).toBe(3)` and of `assert.ok(f(x) === 3)`. */
function findExpected(assertion: AnyNode): readonly unknown[] {
  const found: unknown[] = [];
  let node: unknown = assertion;
  while (isNode(node)) {
    if (node.type === "AwaitExpression" || node.type === "UnaryExpression") {
      node = node["argument"];
    } else if (node.type === "MemberExpression" || node.type === "OptionalMemberExpression") {
      node = node["object"];
    } else if (node.type === "CallExpression" || node.type === "OptionalCallExpression") {
      const values = Array.isArray(node["arguments"]) ? (node["arguments"] as unknown[]) : [];
      if (isRoot(node["callee"])) {
        const isSubject = nameOf(node["callee"]) === "expect";
        return [...found, ...(isSubject ? [] : [...values.slice(1), ...findCompared(values[0])])];
      }
      found.push(...values);
      node = node["callee"];
    } else break;
  }
  return found;
}

/** `expect`, `equal` and `assert.equal`, on which no chain stands yet. */
function isRoot(callee: unknown): boolean {
  if (nameOf(callee) !== null) return true;
  let node: unknown = callee;
  while (isNode(node) && node.type === "MemberExpression") node = node["object"];
  return nameOf(node) !== null;
}

function findCompared(condition: unknown): readonly unknown[] {
  const found: unknown[] = [];
  walk(condition, (node) => {
    if (node.type === "BinaryExpression" && COMPARES.has(String(node["operator"])))
      found.push(node["right"]);
    return !/Function/u.test(node.type);
  });
  return found;
}

function listDefinitions(
  program: unknown,
  text: string,
  assertions: ReadonlySet<AnyNode>,
): ReadonlyMap<string, readonly Definition[]> {
  const definitions = new Map<string, Definition[]>();
  const add = (names: readonly string[], node: unknown, from: unknown): void => {
    if (!isNode(node)) return;
    const definition = { text: text.slice(node.start, node.end), from };
    for (const name of names) {
      definitions.set(name, [...(definitions.get(name) ?? []), definition]);
    }
  };
  walk(program, (node) => {
    switch (node.type) {
      case "VariableDeclarator":
        add(listNames(node["id"]), node, node["init"]);
        break;
      case "FunctionDeclaration":
      case "ClassDeclaration":
        add(listNames(node["id"]), node, node["body"]);
        break;
      case "ImportSpecifier":
        add(listNames(node["local"]), node, null);
        break;
      case "AssignmentExpression":
        add(listNames(node["left"]), node, node["right"]);
        break;
      case "UpdateExpression":
        add(listNames(node["argument"]), node, null);
        break;
      case "ForOfStatement":
      case "ForInStatement":
        add(listDeclared(node["left"]), node["right"], node["right"]);
        break;
      case "ExpressionStatement":
        // `expected.push(3)`, `fill(expected)`.
        if (isCall(node["expression"]) && !assertions.has(node["expression"]))
          add(listTouched(node["expression"]), node, null);
        break;
      case "CallExpression":
        // `TABLE.forEach((input, expected) => …)`, `test.each(TABLE)("…", (input, expected) => …)`.
        for (const value of node["arguments"] as readonly unknown[]) {
          const parameters = isNode(value) ? value["params"] : undefined;
          if (Array.isArray(parameters))
            add(parameters.flatMap(listNames), node["callee"], node["callee"]);
        }
        break;
    }
    return true;
  });
  return definitions;
}

function listDeclared(left: unknown): readonly string[] {
  const declarations = isNode(left) ? left["declarations"] : undefined;
  if (!Array.isArray(declarations)) return listNames(left);
  return declarations.flatMap((one) => (isNode(one) ? listNames(one["id"]) : []));
}

/** Names that a call may change: what it is called on, and what it is handed as it is. */
function listTouched(call: AnyNode): readonly string[] {
  const callee = call["callee"];
  const values = call["arguments"] as readonly unknown[];
  const handed = values.flatMap((value) => nameOf(value) ?? []);
  return isNode(callee) && callee.type === "MemberExpression"
    ? [...listNames(callee["object"]), ...handed]
    : handed;
}

function isCall(node: unknown): node is AnyNode {
  return isNode(node) && node.type === "CallExpression";
}

function nameOf(node: unknown): string | null {
  return isNode(node) && node.type === "Identifier" ? String(node["name"]) : null;
}

/** Names that stand for values; those of properties do not. */
function listNames(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(listNames);
  if (!isNode(node)) return [];
  const own = nameOf(node);
  if (own !== null) return [own];
  return Object.entries(node).flatMap(([key, value]) => {
    const isName = (key === "property" || key === "key") && node["computed"] !== true;
    const isShown = key !== "loc" && key !== "extra" && !key.endsWith("Comments");
    return isName || !isShown ? [] : listNames(value);
  });
}
