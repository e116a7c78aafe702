import type { TypeCheck, TypeDiagnostic } from "../ports/project-tools.ts";
import type { Ledger } from "./ledger.ts";
import type { PrintSuite, Suite, SuiteTest } from "./suite.ts";

export interface TypeCheckDeps {
  readonly typeCheck: TypeCheck;
  readonly print: PrintSuite;
  readonly ledger: Ledger;
  readonly allowance: { left: number };
  readonly signal: AbortSignal;
}

/**
 * The part of condition 1 that needs a type checker. A complaint within a test is that test's; one
 * outside (an import) is pinned down by printing the tests in parts.
 */
export async function checkTypes(deps: TypeCheckDeps, suite: Suite): Promise<void> {
  if (suite.tests.length === 0) return;
  const diagnostics = await deps.typeCheck(suite.files, { signal: deps.signal });
  const outside = new Map<string, string>();
  for (const diagnostic of diagnostics) {
    const test = suite.tests.find((one) => holdsLine(suite, one, diagnostic));
    if (test === undefined) outside.set(diagnostic.file, diagnostic.message);
    else deps.ledger.reject(test.candidate.id, "type-error", diagnostic.message);
  }
  for (const [file, message] of outside) {
    const open = suite.tests.filter(
      (test) => test.printed.file === file && deps.ledger.isLive(test.candidate.id),
    );
    await pinDown(deps, open, message);
  }
}

async function pinDown(
  deps: TypeCheckDeps,
  open: readonly SuiteTest[],
  message: string,
): Promise<void> {
  if (open.length <= 1 || deps.allowance.left <= 0) {
    for (const test of open) deps.ledger.reject(test.candidate.id, "type-error", message);
    return;
  }
  const middle = Math.ceil(open.length / 2);
  for (const half of [open.slice(0, middle), open.slice(middle)]) {
    deps.allowance.left -= 1;
    const part = await deps.print(
      half.map((test) => test.candidate),
      true,
    );
    await checkTypes(deps, part);
  }
}

function holdsLine(suite: Suite, test: SuiteTest, diagnostic: TypeDiagnostic): boolean {
  if (test.printed.file !== diagnostic.file) return false;
  const content = suite.files[test.printed.file] ?? "";
  const at = content.indexOf(test.printed.source);
  if (at === -1) return false;
  const first = content.slice(0, at).split("\n").length;
  const last = first + test.printed.source.split("\n").length - 1;
  return diagnostic.line >= first && diagnostic.line <= last;
}
