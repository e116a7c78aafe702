import type { HarnessConfig } from "../../../contract/harness.ts";
import { RUN_FOLDER } from "../../../contract/run-folder.ts";
import { takePrivateNode } from "../harness/private-node.ts";
import { createSession, type Session } from "../harness/session.ts";
import { createNodeShim } from "./node-shim.ts";

/** Preloaded before the test file: puts the shim before `node:test` and ends the session with the process. */
export function installNodeHarness(config: HarnessConfig): {
  readonly session: Session;
  readonly module: unknown;
  readonly blame: (thrown: unknown) => void;
} {
  const session = createSession(takePrivateNode(), config, globalThis);
  const file = config.files[0] ?? "";
  const shim = createNodeShim(process.getBuiltinModule("node:test") as never, session, file);
  redirectTestModule(config);
  const blamed = watchStrayErrors(session, () => shim.isUsed(), file);
  return { session, module: shim.module, blame: (thrown) => blamed.add(thrown) };
}

function redirectTestModule(config: HarnessConfig): void {
  const folder = `file://${config.workPath}/${RUN_FOLDER}/`;
  process.getBuiltinModule("node:module").registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier !== "node:test" || context.parentURL?.startsWith(folder) === true) {
        return next(specifier, context);
      }
      const isRequire = context.conditions.includes("require");
      return {
        url: `${folder}node-test.${isRequire ? "cjs" : "mjs"}`,
        format: isRequire ? "commonjs" : "module",
        shortCircuit: true,
      };
    },
  });
}

/** Errors that no red test stands for make the run as a whole red. */
function watchStrayErrors(session: Session, isUsed: () => boolean, file: string): Set<unknown> {
  const blamed = new Set<unknown>();
  const escaped: unknown[] = [];
  const note = (thrown: unknown): void => {
    escaped.push(thrown);
  };
  process.on("uncaughtExceptionMonitor", note);
  // node:test turns rejections into failures only once its root is up, and Node into exceptions otherwise.
  process.on("unhandledRejection", (reason) => {
    note(reason);
    if (!isUsed()) throw reason;
  });
  const startedAt = performance.now();
  process.on("exit", (code) => {
    session.finish();
    for (const thrown of new Set(escaped)) if (!blamed.has(thrown)) session.stray(thrown);
    if (isUsed() || escaped.length > 0) return;
    // A file without node:test is one test, as `node --test` has it.
    const test = { file, markedTitle: file };
    const failure = code === 0 ? null : new Error(`the file ended with exit code ${code}`);
    session.report(test, code === 0 ? "passed" : "failed", performance.now() - startedAt, failure);
    session.writeEnd();
  });
  return blamed;
}
