import type { Node } from "@babel/types";
import type { RejectionReason } from "../contract/candidate.ts";
import type { ReadSmells, Smell } from "../ports/written-tests.ts";
import { findAssertions, findBareMethods } from "./smells/assertions.ts";
import { findAbsolutePath, findToday } from "./smells/literals.ts";
import { findReplaced, toMockAssertion, toOverMocking } from "./smells/mocks.ts";
import { findWayOut } from "./smells/outside.ts";
import type { Scope } from "./smells/scope.ts";
import { toBoundNames, toScope } from "./smells/scope.ts";
import { toChance, toSleep } from "./smells/sleeps.ts";
import { loadParser } from "./smells/syntax.ts";
import type { ParsedTest, ParseTest } from "./smells/syntax.ts";
import { comparesOneCall, toTautology } from "./smells/tautology.ts";
import type { Suite, SuiteTest } from "./suite.ts";

/**
 * Condition 6, read off the printed text: no tautology, no assertion on a stand-in's own return, no
 * sleeping, no over-mocking, no place or date of this machine, no way out of the process; also syntax and duplicates.
 *
 * @param nowMs the present instant, epoch ms, for dates of today.
 * @param readSmells reads them instead, where the tests are in another language.
 */
export async function findSmells(
  suite: Suite,
  nowMs: number,
  readSmells: ReadSmells | null = null,
): Promise<readonly Smell[]> {
  if (readSmells !== null) {
    return readSmells({ files: suite.files, tests: suite.tests.map(({ printed }) => printed) });
  }
  const parse = await loadParser();
  const surroundings = new Map(
    Object.keys(suite.files).map((file) => [file, toSurroundings(suite, file, parse)]),
  );
  const bodies = new Map<string, string>();
  return suite.tests.flatMap((test) => {
    const { id: candidateId } = test.candidate;
    const parsed = parse(test.printed.source, test.printed.file);
    if (parsed.kind === "syntax-error") {
      return [{ candidateId, reason: "build-failed" as const, detail: parsed.message }];
    }
    const smell =
      toDuplicate(test, parsed.test, bodies) ??
      findSmell(parsed.test, surroundings.get(test.printed.file) ?? NOTHING_AROUND, nowMs);
    return smell === null ? [] : [{ candidateId, ...smell }];
  });
}

/**
 * Tests that look as if nothing could turn them red, where only running them tells: the same call on both sides says
 * much of a cache, and nothing of a function without memory. Candidate id → what was seen.
 */
export async function findSuspicions(suite: Suite): Promise<ReadonlyMap<string, string>> {
  const parse = await loadParser();
  const found = new Map<string, string>();
  for (const { candidate, printed } of suite.tests) {
    const parsed = parse(printed.source, printed.file);
    if (parsed.kind === "syntax-error") continue;
    const body = parsed.test.body ?? parsed.test.root;
    const scope = toScope(body);
    const assertions = findAssertions(body);
    const isSelf = assertions.length > 0 && assertions.every((one) => comparesOneCall(one, scope));
    if (isSelf) found.set(candidate.id, "compares a call with itself");
  }
  return found;
}

/** What stands around the tests of a file. */
interface Surroundings {
  readonly text: string;
  readonly names: ReadonlySet<string>;
  readonly root: Node | null;
  /** Functions of node:assert by the names that they have here. */
  readonly bare: ReadonlyMap<string, string>;
}

const NOTHING_AROUND: Surroundings = { text: "", names: new Set(), root: null, bare: new Map() };

function toSurroundings(suite: Suite, file: string, parse: ParseTest): Surroundings {
  let text = suite.files[file] ?? "";
  for (const test of suite.tests) {
    if (test.printed.file === file) text = text.replace(test.printed.source, () => "");
  }
  const parsed = parse(text, file);
  const root = parsed.kind === "parsed" ? parsed.test.root : null;
  return root === null
    ? { ...NOTHING_AROUND, text }
    : { text, names: toBoundNames(root), root, bare: findBareMethods(root) };
}

type Found = Omit<Smell, "candidateId"> | null;

function toDuplicate(test: SuiteTest, parsed: ParsedTest, bodies: Map<string, string>): Found {
  const key = `${test.printed.file}\n${parsed.bodyText}`;
  const first = bodies.get(key);
  if (first === undefined) {
    bodies.set(key, test.printed.fullTitle);
    return null;
  }
  return { reason: "duplicate", detail: `does the same as "${first}"` };
}

/** The first smell of one test, or null. */
function findSmell(test: ParsedTest, around: Surroundings, nowMs: number): Found {
  const body = test.body ?? test.root;
  const scope = toScope(body, around.names, findReplaced(body));
  const roots = around.root === null ? [test.root] : [test.root, around.root];
  return (
    // First, since it is told to the user: who wrote this did not mean to test.
    toFound("reaches-outside", findWayOut(roots, around.names)) ??
    findAssertionSmell(test, scope, around.bare) ??
    toFound("unstable", toChance(body)) ??
    toFound("sleeps", toSleep(body, scope, around.text)) ??
    toFound("over-mocked", toOverMocking(body, scope)) ??
    toFound("absolute-path", findAbsolutePath(test.root)) ??
    toFound("today-date", findToday(test.root, nowMs))
  );
}

function findAssertionSmell(
  test: ParsedTest,
  scope: Scope,
  bare: ReadonlyMap<string, string>,
): Found {
  const assertions = findAssertions(test.body ?? test.root, bare);
  if (assertions.length === 0) return { reason: "no-assertion", detail: "it asserts nothing" };
  for (const assertion of assertions) {
    const found =
      toFound("asserts-mock", toMockAssertion(assertion, scope)) ??
      toFound("tautology", toTautology(assertion, scope));
    if (found !== null) return found;
  }
  return null;
}

function toFound(reason: RejectionReason, detail: string | null): Found {
  return detail === null ? null : { reason, detail };
}
