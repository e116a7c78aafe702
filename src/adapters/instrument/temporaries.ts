import type { NodePath } from "@babel/traverse";
import type { BlockStatement, Identifier, Program } from "@babel/types";

import type { InstrumentLibraries } from "./babel.ts";
import type { RuntimeHandle } from "./runtime-header.ts";

/** Hands out variables of the function around a place, and declares them all in the end. */
export class Temporaries {
  readonly #babel: InstrumentLibraries;
  readonly #prefix: string;
  readonly #names = new Map<BlockStatement | Program, string[]>();
  #count = 0;

  constructor(babel: InstrumentLibraries, handle: RuntimeHandle) {
    this.#babel = babel;
    this.#prefix = handle.variable;
  }

  /**
   * A fresh variable that neither recursion nor generators share. Null inside parameter defaults and
   * class bodies, where no statement can declare one.
   */
  take(path: NodePath): Identifier | null {
    const owner = findOwner(path);
    if (owner === null) return null;
    this.#count += 1;
    const name = `${this.#prefix}_${this.#count.toString()}`;
    const names = this.#names.get(owner);
    if (names === undefined) this.#names.set(owner, [name]);
    else names.push(name);
    return this.#babel.types.identifier(name);
  }

  /** Puts one `var` statement in front of each body that took variables. */
  declare(): void {
    const { types: t } = this.#babel;
    for (const [owner, names] of this.#names) {
      const declarators = names.map((name) => t.variableDeclarator(t.identifier(name)));
      owner.body.unshift(t.variableDeclaration("var", declarators));
    }
  }
}

function findOwner(path: NodePath): BlockStatement | Program | null {
  let current: NodePath = path;
  for (let parent = current.parentPath; parent !== null; parent = current.parentPath) {
    if (parent.isProgram()) return parent.node;
    if (parent.isFunction()) {
      if (current.listKey === "params" || current.key !== "body") return null;
      return current.isBlockStatement() ? current.node : null;
    }
    if (parent.isClassBody() && !current.isMethod()) return null;
    current = parent;
  }
  return null;
}
