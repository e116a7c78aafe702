import type { NodePath, Visitor } from "@babel/traverse";
import type {
  CatchClause,
  Expression,
  Function as FunctionNode,
  Loop,
  Statement,
} from "@babel/types";

import type { InstrumentLibraries } from "./babel.ts";
import type { Pass } from "./generate-code.ts";
import { toRuntime, toRuntimeHeader, type RuntimeHandle } from "./runtime-header.ts";

/** Functions that StrykerJS puts at the top of a file; they run on every mutant check and stay bare. */
const STRYKER_HELPERS = new Set(["stryNS_9fa48", "stryCov_9fa48", "stryMutAct_9fa48"]);

/**
 * A pass that spends fuel at each loop iteration and function entry, and rethrows the fuel error from
 * `catch` blocks. Inserted nodes carry no location.
 */
export function createFuelPass(babel: InstrumentLibraries, handle: RuntimeHandle): Pass {
  return {
    enter: (program) => {
      // Names are not looked up, so the cost of scopes is saved.
      babel.traverse(program.parent, { noScope: true, ...toVisitor(babel, handle) });
    },
    exit: (program) => {
      program.node.body.unshift(...toRuntimeHeader(babel, handle));
    },
  };
}

function toVisitor(babel: InstrumentLibraries, handle: RuntimeHandle): Visitor {
  const { types: t } = babel;
  const spend = (): Expression => toFuelCheck(babel, handle);
  return {
    Function(path: NodePath<FunctionNode>) {
      const { node } = path;
      if (node.type === "FunctionDeclaration" && STRYKER_HELPERS.has(node.id?.name ?? "")) {
        path.skip();
      } else if (node.type === "ArrowFunctionExpression" && node.body.type !== "BlockStatement") {
        node.body = t.sequenceExpression([spend(), node.body]);
      } else if (node.body.type === "BlockStatement") {
        node.body.body.unshift(t.expressionStatement(spend()));
      }
    },
    Loop(path: NodePath<Loop>) {
      const { node } = path;
      const check = t.expressionStatement(spend());
      if (node.body.type === "BlockStatement") node.body.body.unshift(check);
      else node.body = t.blockStatement([check, node.body]);
    },
    CatchClause(path: NodePath<CatchClause>) {
      rethrowFuel(babel, handle, path.node);
    },
  };
}

/** `--runtime.fuel < 0 && runtime.outOfFuel()` */
function toFuelCheck(babel: InstrumentLibraries, handle: RuntimeHandle): Expression {
  const { types: t } = babel;
  const fuel = t.memberExpression(toRuntime(babel, handle), t.identifier("fuel"));
  const outOfFuel = t.memberExpression(t.identifier(handle.variable), t.identifier("outOfFuel"));
  return t.logicalExpression(
    "&&",
    t.binaryExpression("<", t.updateExpression("--", fuel, true), t.numericLiteral(0)),
    t.callExpression(outOfFuel, []),
  );
}

function rethrowFuel(babel: InstrumentLibraries, handle: RuntimeHandle, node: CatchClause): void {
  const { types: t } = babel;
  let thrown = node.param;
  const destructuring: Statement[] = [];
  if (thrown?.type !== "Identifier") {
    // Read in the very next statement alone, so nested clauses may use the same name.
    const name = t.identifier(`${handle.variable}_thrown`);
    // A destructured parameter could throw on the fuel error itself, so it is taken apart after the check.
    if (thrown !== null && thrown !== undefined) {
      destructuring.push(t.variableDeclaration("let", [t.variableDeclarator(thrown, name)]));
    }
    node.param = name;
    thrown = name;
  }
  const isOutOfFuel = t.memberExpression(toRuntime(babel, handle), t.identifier("isOutOfFuel"));
  const name = t.identifier(thrown.name);
  const check = t.ifStatement(t.callExpression(isOutOfFuel, [name]), t.throwStatement(name));
  node.body.body.unshift(check, ...destructuring);
}
