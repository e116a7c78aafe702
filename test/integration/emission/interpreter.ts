import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { types } from "node:util";

import { FIXTURE_FILES, type Statement, type TestProgram } from "../../../src/contract/program.ts";
import type { Recording, Snapshot, StatementOutcome } from "../../../src/contract/snapshot.ts";
import { materialise } from "../../../src/search/worker/materialise.ts";
import { describeThrown, takeSnapshot } from "../../../src/search/worker/snapshot.ts";

type Namespace = Record<string, unknown>;
type Fn = (...args: unknown[]) => unknown;

/** A plain reading of what programs mean, to record what trusted fixture modules do. */
export async function record(program: TestProgram, namespace: Namespace): Promise<Recording> {
  const home = process.cwd();
  const folder = program.usesFixture ? fillFolder() : home;
  const normalise = (text: string): string =>
    program.usesFixture ? text.replaceAll(folder, "<fixture>") : text;
  process.chdir(folder);
  try {
    return await run(program, namespace, normalise, program.usesFixture ? folder : null);
  } finally {
    process.chdir(home);
    if (program.usesFixture) fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function run(
  program: TestProgram,
  namespace: Namespace,
  normalise: (text: string) => string,
  folder: string | null,
): Promise<Recording> {
  const bindings: unknown[] = [];
  const outcomes: StatementOutcome[] = [];
  const spies: { fn: object; statement: number; argument: number; calls: Snapshot[][] }[] = [];
  const snapshot = (value: unknown): Snapshot => takeSnapshot(value, { normalise });
  let isOver = false;
  for (const [index, statement] of program.statements.entries()) {
    if (isOver) {
      outcomes.push({ kind: "skipped" });
      continue;
    }
    let isPromise = false;
    try {
      let result = perform(statement, index);
      if (types.isPromise(result)) {
        isPromise = true;
        result = await result;
      }
      const earlier = bindings.indexOf(result);
      bindings[index] = result;
      const isSame = typeof result === "object" && result !== null && earlier >= 0;
      outcomes.push({
        kind: "returned",
        value: isSame ? { kind: "same", statement: earlier } : snapshot(result),
      });
    } catch (thrown) {
      outcomes.push({ kind: "threw", error: describeThrown(thrown, { normalise }), isPromise });
      isOver = true;
    }
  }
  const before = JSON.stringify(spies.map(({ calls }) => calls));
  await new Promise((resolve) => setImmediate(resolve));
  const mutations = outcomes.flatMap((outcome, statement) => {
    if (outcome.kind !== "returned" || !isStructure(outcome.value)) return [];
    const after = snapshot(bindings[statement]);
    return JSON.stringify(after) === JSON.stringify(outcome.value) ? [] : [{ statement, after }];
  });
  return {
    outcomes,
    mutations,
    spies: spies
      .filter(({ calls }) => calls.length > 0)
      .map(({ statement, argument, calls }) => ({ statement, argument, calls })),
    files: folder === null ? {} : changedFiles(folder),
    arrivesLate: JSON.stringify(spies.map(({ calls }) => calls)) !== before,
  };

  function perform(statement: Statement, index: number): unknown {
    const args =
      "args" in statement
        ? statement.args.map((gene, argument) => {
            const value = materialise(gene, context());
            if (value instanceof Promise) value.catch(() => undefined);
            if (gene.kind === "function" && gene.template.kind === "spy") {
              spies.push({ fn: value as object, statement: index, argument, calls: [] });
            }
            return value;
          })
        : [];
    switch (statement.kind) {
      case "call":
        return call(statement.callee, args);
      case "new":
        return Reflect.construct(resolve(statement.callee) as Fn, args);
      case "method":
        return (bindings[statement.receiver] as Record<string, Fn>)[statement.name]!(...args);
      case "get":
        return (bindings[statement.receiver] as Namespace)[statement.name];
      case "set":
        return ((bindings[statement.receiver] as Namespace)[statement.name] = materialise(
          statement.value,
          context(),
        ));
      case "call-value":
        return (bindings[statement.callee] as Fn)(...args);
      case "iterate":
        return statement.awaits
          ? takeAsync(bindings[statement.receiver] as AsyncIterable<unknown>, statement.limit)
          : take(bindings[statement.receiver] as Iterable<unknown>, statement.limit);
      case "call-with-callback": {
        const { callee } = statement;
        const { promise, resolve: settle } = Promise.withResolvers<unknown[]>();
        const callback = (...received: unknown[]): void => {
          settle(received);
        };
        if ("receiver" in callee) {
          (bindings[callee.receiver] as Record<string, Fn>)[callee.name]!(...args, callback);
        } else call(callee, [...args, callback]);
        return promise;
      }
      case "wait-event":
        return once(bindings[statement.receiver] as NodeJS.EventEmitter, statement.event);
    }
  }

  function context(): Parameters<typeof materialise>[1] {
    return {
      bindings,
      resolveExport: resolve,
      onSpy: (spy, given) => spies.find(({ fn }) => fn === spy)?.calls.push(given.map(snapshot)),
    };
  }

  function resolve(path_: readonly string[]): unknown {
    // The whole of a CommonJS module that is a function is called `default`.
    const isWhole = path_[0] === "default" && typeof namespace === "function";
    const names = isWhole ? path_.slice(1) : path_;
    return names.reduce<unknown>((holder, name) => (holder as Namespace)[name], namespace);
  }

  function call(path_: readonly string[], args: readonly unknown[]): unknown {
    const holder =
      path_.length === 1 && path_[0] === "default" ? undefined : resolve(path_.slice(0, -1));
    return Reflect.apply(resolve(path_) as Fn, holder, args);
  }
}

function take(items: Iterable<unknown>, limit: number): unknown[] {
  const taken: unknown[] = [];
  for (const item of items) {
    if (taken.length === limit) break;
    taken.push(item);
  }
  return taken;
}

async function takeAsync(items: AsyncIterable<unknown>, limit: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const item of items) {
    if (taken.length === limit) break;
    taken.push(item);
  }
  return taken;
}

function isStructure(value: Snapshot): boolean {
  return ["array", "object", "map", "set", "bytes", "typed-array", "date"].includes(value.kind);
}

function fillFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "regoose-record-")));
  for (const [name, content] of Object.entries(FIXTURE_FILES)) {
    fs.mkdirSync(path.join(folder, name.replace(/[^/]*$/, "")), { recursive: true });
    if (!name.endsWith("/")) fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

function changedFiles(folder: string): Record<string, string | null> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    found[path.relative(folder, full)] = fs.readFileSync(full, "utf8");
  }
  const changed: Record<string, string | null> = {};
  for (const [name, content] of Object.entries(found)) {
    if (FIXTURE_FILES[name] !== content) changed[name] = content;
  }
  for (const name of Object.keys(FIXTURE_FILES)) {
    if (!name.endsWith("/") && found[name] === undefined) changed[name] = null;
  }
  return changed;
}
