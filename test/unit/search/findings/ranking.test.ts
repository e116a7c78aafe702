import { describe, expect, test } from "vitest";

import type { Statement } from "../../../../src/contract/program.ts";
import { judgeRecordings } from "../../../../src/search/findings/judge.ts";
import { toHangFinding, toLeakFinding } from "../../../../src/search/findings/other-findings.ts";
import {
  anApi,
  aProgram,
  aRecording,
  call,
  num,
  NUMBER,
  obj,
  param,
  returned,
  sNum,
  str,
  STRING,
  threw,
  typed,
} from "./builders.ts";

const CRASH = threw("TypeError", "Cannot read properties of undefined (reading 'length')");
const parse = typed(["parse"], [param("text", STRING)], NUMBER);

describe("ranking", () => {
  const other = typed(["other"], [param("text", STRING)], NUMBER, { where: null });

  test("puts the likelier bug first and keeps one finding a bug with the smallest program", () => {
    const findings = judgeRecordings(anApi([parse, other]), [
      { program: aProgram(call("parse", [str("a longer text")])), recording: aRecording(CRASH) },
      {
        program: aProgram(call("parse", [str("")]), call("other", [str("")])),
        recording: aRecording(CRASH, { kind: "skipped" }),
      },
      {
        program: aProgram(call("other", [str("")])),
        recording: aRecording(returned({ kind: "null" })),
      },
    ]);
    expect(findings.map((finding) => finding.where)).toEqual(["index.js:7", "index.js#other"]);
    expect(findings[0]!.program.statements).toEqual([call("parse", [str("")])]);
    expect(findings[0]!.recording.outcomes).toHaveLength(1);
  });

  test("does not depend on the order of what was recorded", () => {
    const recorded = ["b", "a", "cc"].map((text) => ({
      program: aProgram(call("parse", [str(text)])),
      recording: aRecording(CRASH),
    }));
    const forward = judgeRecordings(anApi([parse]), recorded);
    expect(judgeRecordings(anApi([parse]), [...recorded].reverse())).toEqual(forward);
    expect(forward[0]!.program.statements).toEqual([call("parse", [str("a")])]);
  });

  test("tells errors of different shape apart and like ones not", () => {
    const findings = judgeRecordings(anApi([parse]), [
      { program: aProgram(call("parse", [str("a")])), recording: aRecording(CRASH) },
      {
        program: aProgram(call("parse", [str("b")])),
        recording: aRecording(
          threw("TypeError", "Cannot read properties of undefined (reading 'other')"),
        ),
      },
      {
        program: aProgram(call("parse", [str("c")])),
        recording: aRecording(threw("TypeError", "x is not a function")),
      },
    ]);
    expect(findings).toHaveLength(2);
  });
});

describe("findings that the search itself sees", () => {
  const api = anApi([parse]);

  test("a hang names the call and how long it was given", () => {
    expect(toHangFinding(api, aProgram(call("parse", [str("aaa")])), 2_500)).toMatchObject({
      kind: "hang",
      where: "index.js:7",
      summary: 'parse("aaa") does not return',
      observed: "still running after 2.5 s",
      promise: { kind: "ends" },
    });
  });

  test("leaking state names both answers", () => {
    const program = aProgram(
      call("parse", [obj({ a: num(1) })]),
      call("parse", [obj({ a: num(1) })]),
    );
    const finding = toLeakFinding(api, program, aRecording(returned(sNum(1)), CRASH), {
      first: 0,
      second: 1,
    });
    expect(finding).toMatchObject({
      kind: "leaking-state",
      observed: "an error",
      expected: "1",
      statement: 1,
    });
  });

  test("an unknown callable is located by its path", () => {
    const method: Statement = { kind: "method", receiver: 0, name: "go", args: [], awaits: false };
    const get: Statement = { kind: "get", receiver: 0, name: "go" };
    expect(toHangFinding({ modules: [] }, aProgram(call("gone")), 100).where).toBe("index.js#gone");
    expect(toHangFinding(api, aProgram(call("gone"), method), 100).where).toBe("index.js#.go");
    expect(toHangFinding(api, aProgram(call("gone"), get), 100).where).toBe("index.js");
  });
});
