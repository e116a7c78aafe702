import type { HarnessConfig } from "../../../contract/harness.ts";
import { RUN_FOLDER, STRIPPED_FOLDER } from "../../../contract/run-folder.ts";
import { TYPED_FORMATS } from "../../../contract/typed-formats.ts";
import { capOutput } from "../harness/cap-output.ts";
import { watchHeldOpen } from "../harness/held-open.ts";
import { takePrivateNode } from "../harness/private-node.ts";
import { createSession, type Session } from "../harness/session.ts";
import { watchStrayErrors, type StrayErrors } from "../harness/stray-errors.ts";
import { createNodeShim, type NodeShim } from "./node-shim.ts";

/** Preloaded before the test file: puts the shim before `node:test` and ends the session with the process. */
export function installNodeHarness(config: HarnessConfig): {
  readonly session: Session;
  readonly module: unknown;
  readonly blame: (thrown: unknown) => void;
  readonly loadAll: NodeShim["loadAll"];
} {
  capOutput();
  const node = takePrivateNode();
  const session = createSession(node, config, globalThis);
  const file = config.files[0] ?? "";
  let reported = 0;
  const watch = watchHeldOpen(
    node,
    () => ({ registered: shim.countTests(), reported }),
    (held) => {
      // Clones of pairs are reported many times over; they have limits of their own.
      if (config.mode === "mutants") return;
      session.heldOpen(held);
      process.exit(1);
    },
  );
  const counted: Session = {
    ...session,
    report: (...result) => {
      reported += 1;
      session.report(...result);
    },
  };
  const shim = createNodeShim(process.getBuiltinModule("node:test") as never, counted, {
    files: config.files,
    onFirst: () => {
      watch.markLoaded();
    },
  });
  redirectTestModule(config);
  if (config.mode !== "plain") serveStripped(config);
  const strays = watchStrayErrors((reason) => {
    // node:test turns rejections into failures once it is up; before that they end the process.
    if (!shim.isUsed()) throw reason;
  });
  finishAtExit(counted, strays, () => shim.isUsed(), file);
  return {
    session: counted,
    module: shim.module,
    blame: (thrown) => {
      strays.blame(thrown);
    },
    loadAll: (load) => shim.loadAll(load),
  };
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

/** Hands out the JavaScript of TypeScript files that were stripped before the process began. */
function serveStripped(config: HarnessConfig): void {
  const fs = process.getBuiltinModule("node:fs");
  const { readFileSync } = fs;
  const stripped = `${config.workPath}/${STRIPPED_FOLDER}`;
  if (!fs.existsSync(stripped)) return;
  const root = `file://${config.workPath}/`;
  process.getBuiltinModule("node:module").registerHooks({
    load: (url, context, next) => {
      const format = TYPED_FORMATS[context.format ?? ""];
      if (format === undefined || !url.startsWith(root)) return next(url, context);
      const path = decodeURIComponent(url.slice(root.length));
      try {
        const source = readFileSync(`${stripped}/${path}`, "utf8");
        return { format, source, shortCircuit: true };
      } catch {
        return next(url, context);
      }
    },
  });
}

/** Ends the session with the process. */
function finishAtExit(
  session: Session,
  strays: StrayErrors,
  isUsed: () => boolean,
  file: string,
): void {
  const startedAt = performance.now();
  process.on("exit", (code) => {
    session.finish();
    strays.report(session);
    if (isUsed() || strays.hasAny()) return;
    // A file without node:test is one test, as `node --test` has it.
    const test = { file, markedTitle: file };
    const failure = code === 0 ? null : new Error(`the file ended with exit code ${code}`);
    session.report(test, code === 0 ? "passed" : "failed", performance.now() - startedAt, failure);
    session.writeEnd();
  });
}
