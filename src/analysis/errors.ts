import { RegooseError } from "../kernel/errors.ts";

/** The target named on the command line does not exist. */
export function targetNotFound(target: string, tried: string): RegooseError {
  return new RegooseError("RGS-1001", `there is no "${target}" (looked at ${tried})`, {
    hint: "Name a package folder, a folder, a source file, or file#export.",
    details: { target, tried },
  });
}

/** The target holds nothing that a test could import. */
export function emptyPackage(where: string, why: string): RegooseError {
  return new RegooseError("RGS-1002", `nothing to test in ${where}: ${why}`, {
    hint: "Point Regoose at a folder with JavaScript or TypeScript sources that export something.",
    details: { where },
  });
}

/** Where a source file stops being JavaScript. Line is 1-based, column 1-based. */
export interface SyntaxProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Every source of the target fails to parse. */
export function sourceSyntaxError(problems: readonly SyntaxProblem[]): RegooseError {
  const lines = problems
    .slice(0, 5)
    .map((p) => `${p.file}:${p.line}:${p.column}: ${p.message}`)
    .join("\n");
  return new RegooseError("RGS-1003", `no source file can be parsed\n${lines}`, {
    hint: "Fix the syntax error, then run the same command again.",
    details: { problems },
  });
}

/** The package is only compiled machine code. */
export function nativeAddonOnly(where: string, files: readonly string[]): RegooseError {
  return new RegooseError(
    "RGS-1004",
    `${where} is a native addon (${files.slice(0, 3).join(", ")}) without JavaScript or TypeScript sources`,
    {
      hint: "Regoose tests JavaScript and TypeScript; point it at the wrapper's sources.",
      details: { files },
    },
  );
}

/** `package.json` cannot be read as JSON. */
export function invalidPackageJson(
  file: string,
  problem: { readonly line: number; readonly column: number; readonly message: string },
): RegooseError {
  return new RegooseError(
    "RGS-1005",
    `${file}:${problem.line}:${problem.column}: ${problem.message}`,
    {
      hint: "Repair package.json; it has to hold one JSON object.",
      details: { file, line: problem.line, column: problem.column },
    },
  );
}

/** `file#export` names an export that the file does not have. */
export function exportNotFound(
  file: string,
  name: string,
  known: readonly string[],
  nearest: string | null,
): RegooseError {
  const list = known.length === 0 ? "none were found" : known.slice(0, 12).join(", ");
  return new RegooseError("RGS-1006", `${file} does not export "${name}"`, {
    hint:
      nearest === null
        ? `Its exports: ${list}.`
        : `Did you mean "${nearest}"? Its exports: ${list}.`,
    details: { file, name, known: known.slice(0, 50) },
  });
}

/** The target is a file that Regoose does not test. */
export function unsupportedTarget(target: string, why: string): RegooseError {
  return new RegooseError("RGS-1007", `cannot test ${target}: ${why}`, {
    hint: "Name a .js, .cjs, .mjs, .jsx, .ts, .cts, .mts or .tsx source file, or its package.",
    details: { target },
  });
}
