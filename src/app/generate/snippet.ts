import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ParseResult } from "@babel/parser";
import type { Statement } from "@babel/types";
import { createOwnedFolder } from "../../adapters/owned-folder.ts";
import { createOutputConflict } from "../../adapters/workspace/errors.ts";
import { RegooseError, toMessage } from "../../kernel/errors.ts";
import { createNoCode } from "../errors.ts";
import type { GenerateRequest } from "../generate-types.ts";

/** A small project made around a piece of source text. Disposing removes it unless `--out` asked for it. */
export interface SnippetProject extends AsyncDisposable {
  readonly request: GenerateRequest;
}

/**
 * Turns `--code` into a project: the text as `snippet.js` or `snippet.ts`, with its top-level functions
 * and classes exported where it exports nothing. With `--out DIR` the project is made in DIR and stays.
 * @throws NoCode (RGS-2023), CodeSyntaxError (RGS-1008), OutputConflict (RGS-3002)
 */
export async function makeSnippetProject(request: GenerateRequest): Promise<SnippetProject> {
  const code = request.code?.trim() ?? "";
  if (code === "") throw createNoCode();
  const snippet = await readSnippet(code);
  const { out, ...flags } = request.flags;
  const owned = out === undefined ? await createOwnedFolder("code") : null;
  const root = owned?.path ?? resolve(request.cwd, out ?? ".");
  const remove = async (): Promise<void> => owned?.[Symbol.asyncDispose]();
  try {
    await mkdir(root, { recursive: true });
    await writeOwn(root, snippet.fileName, snippet.text);
    await writeOwn(
      root,
      "package.json",
      `${JSON.stringify({ name: "snippet", private: true, type: snippet.system, exports: `./${snippet.fileName}` }, null, 2)}\n`,
    );
  } catch (failure) {
    await remove();
    throw failure;
  }
  return {
    request: { ...request, code: null, targets: ["."], cwd: root, flags },
    [Symbol.asyncDispose]: remove,
  };
}

interface Snippet {
  readonly fileName: string;
  readonly text: string;
  readonly system: "module" | "commonjs";
}

async function readSnippet(code: string): Promise<Snippet> {
  const { parse } = await import("@babel/parser");
  const tryParse = (plugins: ["typescript"] | []): ParseResult =>
    parse(code, { sourceType: "unambiguous", plugins, allowReturnOutsideFunction: true });
  let file: ParseResult;
  let extension = "js";
  try {
    file = tryParse([]);
  } catch {
    try {
      file = tryParse(["typescript"]);
      extension = "ts";
    } catch (failure) {
      throw createCodeSyntaxError(failure);
    }
  }
  const isCommonJs = /\b(?:module\.exports|exports\.\w+)\b/u.test(code);
  const hasExports = isCommonJs || file.program.body.some((one) => one.type.startsWith("Export"));
  const names = hasExports ? [] : file.program.body.flatMap(toDeclaredNames);
  const system =
    isCommonJs || (names.length === 0 && file.program.sourceType === "script")
      ? "commonjs"
      : "module";
  const text = names.length === 0 ? `${code}\n` : `${code}\n\nexport { ${names.join(", ")} };\n`;
  return { fileName: `snippet.${extension}`, text, system };
}

function toDeclaredNames(statement: Statement): readonly string[] {
  if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
    return statement.id == null ? [] : [statement.id.name];
  }
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) => {
    const isCallable =
      init?.type === "ArrowFunctionExpression" || init?.type === "FunctionExpression";
    return id.type === "Identifier" && isCallable ? [id.name] : [];
  });
}

/** Never overwrites a file that says something else. */
async function writeOwn(root: string, name: string, content: string): Promise<void> {
  const path = join(root, name);
  const present = await readFile(path, "utf8").catch(() => null);
  if (present !== null && present !== content) throw createOutputConflict(root, [name]);
  await writeFile(path, content);
}

function createCodeSyntaxError(cause: unknown): RegooseError {
  return new RegooseError("RGS-1008", `the source text does not parse: ${toMessage(cause)}`, {
    hint: "pass complete JavaScript or TypeScript; quote it so that the shell leaves it alone",
    cause,
  });
}
