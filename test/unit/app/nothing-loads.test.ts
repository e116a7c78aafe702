import { expect, test } from "vitest";
import { createNothingLoads } from "../../../src/app/errors.ts";
import { toSentence } from "../../../src/contract/to-sentence.ts";

const UNREAD = [
  toSentence("types-partial", { why: "the type checker was stopped" }),
  toSentence("file-plain", { file: "src/b.js", why: "Unexpected token (3:7)" }),
];

test("a syntax error of an ES module names the file that does not parse, for Node does not", () => {
  const failures = { "src/a.js": "SyntaxError: Unexpected token ';'" };
  const { message } = createNothingLoads(failures, UNREAD);
  expect(message).toBe(
    "the target cannot be imported: src/a.js: SyntaxError: Unexpected token ';'; " +
      "src/b.js is not instrumented: Unexpected token (3:7)",
  );
});

test("another error is not mixed up with what else could not be read", () => {
  const { message } = createNothingLoads({ "src/a.js": "Error: no config" }, UNREAD);
  expect(message).toBe("the target cannot be imported: src/a.js: Error: no config");
});
