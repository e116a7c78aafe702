import type { HarnessFailure } from "../contract/harness.ts";
import type { TestFailure } from "../contract/test-run.ts";

/**
 * Reads what a runner process said of a red test. It counts as the test's own assertion when an
 * assertion library threw it and the first frame outside libraries is the test file: an
 * `AssertionError` that the target throws is no assertion of the test.
 */
export function toFailure(failure: HarnessFailure, file: string, workPath: string): TestFailure {
  const stack = failure.stack.replaceAll(`file://${workPath}/`, "").replaceAll(`${workPath}/`, "");
  const message = failure.message.replaceAll(`${workPath}/`, "");
  return {
    name: failure.name,
    message,
    code: failure.code,
    isAssertion: failure.isAssertionError && isThrownBy(file, stack),
    stack,
  };
}

function isThrownBy(file: string, stack: string): boolean {
  const frames = stack.split("\n").filter((line) => /^\s*at /u.test(line));
  const own = frames.find(
    (frame) =>
      !/(?:\(|at |async )node:/u.test(frame) &&
      !frame.includes("node_modules/") &&
      !frame.includes(".regoose-run/") &&
      !/<anonymous>\)?$/u.test(frame),
  );
  // A matcher that rejects late has no frame but the runtime's own.
  return own === undefined || own.includes(`${file}:`) || own.includes(`${file}?`);
}
