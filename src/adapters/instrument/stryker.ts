import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import type * as Stryker from "@stryker-mutator/instrumenter";

import type { SourceText } from "../../ports/mutant-engine.ts";
import type { Dialect } from "./parse.ts";

/**
 * The one place that knows the insides of `@stryker-mutator/instrumenter` (pinned; semi-internal).
 * Its own JavaScript parser loads the Babel configuration of the current folder, which is code of
 * the project under test; so files are parsed here, with the same parser and the same syntax
 * plugins, and the trees handed over.
 */
export interface StrykerKit {
  /** Babel 8's tree of a file. @throws the syntax error */
  parse(source: SourceText, dialect: Dialect): Promise<object>;
  /** Places all mutants; trees are used up. @throws when a mutant has no place */
  instrument(files: readonly StrykerFile[]): Promise<Stryker.InstrumentResult>;
}

export interface StrykerFile extends SourceText {
  readonly dialect: Dialect;
  readonly ast: object;
}

/** The plugins of StrykerJS 10.0.0 for JavaScript; those for TypeScript come from presets. */
const JAVASCRIPT_PLUGINS = [
  "doExpressions",
  "exportDefaultFrom",
  "functionBind",
  "functionSent",
  "importMeta",
  ["pipelineOperator", { proposal: "fsharp" }],
  "throwExpressions",
  "v8intrinsic",
  "partialApplication",
  "decorators",
  "jsx",
] as const;

interface Babel8 {
  parseAsync(code: string, options: object): Promise<object | null>;
}

/** Loads StrykerJS's instrumenter and the Babel 8 it brings. */
export async function loadStryker(warn: (message: string) => void): Promise<StrykerKit> {
  const require = createRequire(import.meta.url);
  // Resolved from the instrumenter's own files, for it must be its Babel, not ours.
  const fromStryker = createRequire(require.resolve("@stryker-mutator/instrumenter"));
  const [stryker, babel] = await Promise.all([
    import("@stryker-mutator/instrumenter"),
    import(pathToFileURL(fromStryker.resolve("@babel/core")).href) as Promise<Babel8>,
  ]);
  return {
    parse: (source, dialect) =>
      dialect.isTypeScript
        ? parseTypeScript(babel, fromStryker, source, dialect)
        : parseJavaScript(babel, source),
    instrument: (files) => {
      const formats = new Map(files.map((file) => [file.path, file]));
      const createParser = () => (rawContent: string, name: string) => {
        const file = formats.get(name);
        if (file === undefined) return Promise.reject(new Error(`${name} was not parsed`));
        return Promise.resolve({
          originFileName: name,
          rawContent,
          format: toFormat(file.dialect),
          root: file.ast,
        });
      };
      const instrumenter = new stryker.Instrumenter(
        toLogger(warn) as ConstructorParameters<typeof stryker.Instrumenter>[0],
        createParser as unknown as ConstructorParameters<typeof stryker.Instrumenter>[1],
      );
      return withConsoleTo(warn, () =>
        instrumenter.instrument(
          files.map(({ path, content }) => ({ name: path, content, mutate: true })),
          { ignorers: [], plugins: null, excludedMutations: [] },
        ),
      );
    },
  };
}

/** Its regex mutator prints pages about patterns it cannot read straight to the console. */
async function withConsoleTo<T>(
  warn: (message: string) => void,
  run: () => Promise<T>,
): Promise<T> {
  /* eslint-disable no-console -- not to print, but to keep another package from printing */
  const original = console.error;
  console.error = (message: unknown) => {
    warn(String(message).split("\n", 1)[0] ?? "");
  };
  try {
    return await run();
  } finally {
    console.error = original;
  }
  /* eslint-enable no-console */
}

const ISOLATED = { configFile: false, babelrc: false, browserslistConfigFile: false } as const;

/** As StrykerJS, with one addition: a file that is no module is read as a script, where StrykerJS gives up. */
async function parseJavaScript(babel: Babel8, { path, content }: SourceText): Promise<object> {
  const parserOpts = { plugins: [...JAVASCRIPT_PLUGINS] };
  try {
    return toTree(
      await babel.parseAsync(content, {
        ...ISOLATED,
        filename: path,
        sourceType: "module",
        parserOpts,
      }),
      path,
    );
  } catch (failure) {
    try {
      return toTree(
        await babel.parseAsync(content, {
          ...ISOLATED,
          filename: path,
          sourceType: "script",
          parserOpts: { ...parserOpts, allowReturnOutsideFunction: true },
        }),
        path,
      );
    } catch {
      throw failure;
    }
  }
}

async function parseTypeScript(
  babel: Babel8,
  fromStryker: NodeJS.Require,
  { path, content }: SourceText,
  dialect: Dialect,
): Promise<object> {
  const typescript = [fromStryker.resolve("@babel/preset-typescript"), { ignoreExtensions: true }];
  const react = fromStryker.resolve("@babel/preset-react");
  const decorators = [
    fromStryker.resolve("@babel/plugin-proposal-decorators"),
    { version: "legacy" },
  ];
  return toTree(
    await babel.parseAsync(content, {
      ...ISOLATED,
      filename: path,
      parserOpts: { ranges: true },
      presets: dialect.hasJsx ? [typescript, react] : [typescript],
      plugins: [
        decorators,
        fromStryker.resolve("@babel/plugin-transform-explicit-resource-management"),
      ],
    }),
    path,
  );
}

function toTree(ast: object | null, path: string): object {
  if (ast === null) throw new Error(`${path} did not parse to a file`);
  return ast;
}

function toFormat(dialect: Dialect): "js" | "ts" | "tsx" {
  if (!dialect.isTypeScript) return "js";
  return dialect.hasJsx ? "tsx" : "ts";
}

function toLogger(warn: (message: string) => void): object {
  const silent = (): void => undefined;
  const no = (): boolean => false;
  return {
    isTraceEnabled: no,
    isDebugEnabled: no,
    isInfoEnabled: no,
    isWarnEnabled: () => true,
    isErrorEnabled: () => true,
    isFatalEnabled: () => true,
    trace: silent,
    debug: silent,
    info: silent,
    warn,
    error: warn,
    fatal: warn,
  };
}
