import type { PrintedFile } from "./print-file.ts";
import { readTestFile } from "./test-calls.ts";

/**
 * Prints tests as one file and reads it again. A test that we print as something that does not parse is a defect of
 * ours, and costs that test: it is named as unprintable, and the others are printed without it.
 *
 * @param print prints a file of some of the tests
 */
export function printParsable<Test extends { readonly candidateId: string }>(
  tests: readonly Test[],
  isTypeScript: boolean,
  print: (tests: readonly Test[]) => PrintedFile,
): PrintedFile {
  const whole = print(tests);
  if (findSyntaxError(whole.text, isTypeScript) === null) return whole;
  const alone = tests.map((test) => ({
    test,
    error: findSyntaxError(print([test]).text, isTypeScript),
  }));
  const rest = print(alone.filter(({ error }) => error === null).map(({ test }) => test));
  const broken = alone.flatMap(({ test: { candidateId }, error }) =>
    error === null ? [] : [{ candidateId, reason: `was printed as no JavaScript: ${error}` }],
  );
  return { ...rest, unprintable: [...rest.unprintable, ...broken] };
}

function findSyntaxError(text: string, isTypeScript: boolean): string | null {
  try {
    readTestFile(text, isTypeScript);
    return null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return thrown.message;
    throw thrown;
  }
}
