import { describe, expect, test } from "vitest";

import type { ApiModel } from "../../../../src/contract/api-model.ts";
import type { Statement } from "../../../../src/contract/program.ts";
import type { StatementOutcome } from "../../../../src/contract/snapshot.ts";
import { judgeRecordings } from "../../../../src/search/findings/judge.ts";
import { showsFinding } from "../../../../src/search/findings/shows-finding.ts";
import {
  ANY,
  anApi,
  aProgram,
  aRecording,
  call,
  num,
  NUMBER,
  param,
  returned,
  sNum,
  sStr,
  str,
  STRING,
  threw,
  typed,
} from "./builders.ts";

const CRASH = threw("TypeError", "Cannot read properties of undefined (reading 'length')");
const parse = typed(["parse"], [param("text", STRING)], NUMBER);
const loose = typed(["loose"], [param("value", ANY)], NUMBER, { isTyped: false });
const api = anApi([parse, loose]);

function shows(
  statements: readonly Statement[],
  outcomes: readonly StatementOutcome[],
  seen: StatementOutcome = CRASH,
  model: ApiModel = api,
): boolean {
  const findings = judgeRecordings(api, [
    { program: aProgram(call("parse", [str("")])), recording: aRecording(seen) },
  ]);
  expect(findings).toHaveLength(1);
  const recorded = { program: aProgram(...statements), recording: aRecording(...outcomes) };
  return showsFinding(model, findings, recorded);
}

describe("a program shows a finding", () => {
  test("when it does the same once more", () => {
    expect(shows([call("parse", [str("a")])], [CRASH])).toBe(true);
  });

  test("when it does so after a call that nothing is known about", () => {
    const statements = [call("loose", [num(1)]), call("parse", [str("a")])];
    expect(shows(statements, [returned(sNum(1)), CRASH])).toBe(true);
  });

  test("when it does so on an argument that no type allows", () => {
    expect(shows([call("parse", [num(1)])], [CRASH])).toBe(true);
  });

  test("when it gets there through another module that exports the same function", () => {
    const [model] = api.modules;
    const findings = judgeRecordings(api, [
      { program: aProgram(call("parse", [str("")])), recording: aRecording(CRASH) },
    ]);
    const program = { ...aProgram(call("parse", [str("a")])), module: "other.js" };
    const both = { modules: [...api.modules, { ...model!, file: "other.js" }] };
    const recording = aRecording(CRASH);
    expect(showsFinding(both, findings, { program, recording })).toBe(true);
    expect(showsFinding(api, findings, { program, recording })).toBe(false);
  });

  test("when it answers a value of the same wrong kind", () => {
    const wrong = returned(sStr("NaN"));
    expect(shows([call("parse", [str("a")])], [returned(sStr("other"))], wrong)).toBe(true);
    expect(shows([call("parse", [str("a")])], [returned(sNum(1))], wrong)).toBe(false);
    expect(shows([call("parse", [str("a")])], [CRASH], wrong)).toBe(false);
    expect(shows([call("parse", [str("a")], true)], [returned(sStr("x"))], wrong)).toBe(false);
  });
});

describe("a program shows no finding", () => {
  test.each<[string, Statement, StatementOutcome]>([
    ["when the call goes well", call("parse", [str("a")]), returned(sNum(1))],
    ["when it fails in another way", call("parse", [str("a")]), threw("TypeError", "not a text")],
    ["when another export fails alike", call("loose", [num(1)]), CRASH],
    ["when it calls what nobody knows", call("gone", []), CRASH],
  ])("%s", (_what, statement, outcome) => {
    expect(shows([statement], [outcome])).toBe(false);
  });

  test("when there is none", () => {
    const recorded = { program: aProgram(call("parse")), recording: aRecording(CRASH) };
    expect(showsFinding(api, [], recorded)).toBe(false);
  });
});
