import type { AdmissionResult, MutantVerdict } from "../../../src/contract/admission.ts";
import type { FileCoverage } from "../../../src/contract/coverage.ts";
import type { GenerateData } from "../../../src/contract/envelope.ts";
import type { MutationCounts, SourceRange } from "../../../src/contract/mutant.ts";
import type { ProofCard } from "../../../src/contract/proof-card.ts";
import type { ReportInput } from "../../../src/reporting/report-input.ts";

export function range(line: number, from: number, to: number, endLine = line): SourceRange {
  return { start: { line, column: from }, end: { line: endLine, column: to } };
}

export const SOURCE = `export function sign(n) {
  if (n > 0) return 1;
  return n < 0 ? -1 : 0;
}
export function unused() {
  return "</script>";
}
`;

/** Coverage of {@link SOURCE}: `unused` never ran, one arm of each branch was not taken. */
export const FILE: FileCoverage = {
  path: "src/sign.js",
  statementMap: {
    "0": range(2, 2, 22),
    "1": range(2, 13, 22),
    "2": range(3, 2, 24),
    "3": range(6, 2, 21),
  },
  fnMap: {
    "0": { name: "sign", decl: range(1, 16, 20), loc: range(1, 24, 1, 4), line: 1 },
    "1": { name: "unused", decl: range(5, 16, 22), loc: range(5, 25, 1, 7), line: 5 },
  },
  branchMap: {
    "0": {
      type: "if",
      loc: range(2, 2, 22),
      locations: [range(2, 2, 22), range(0, 0, 0)],
      line: 2,
    },
    "1": {
      type: "cond-expr",
      loc: range(3, 9, 23),
      locations: [range(3, 17, 19), range(3, 22, 23)],
      line: 3,
    },
  },
  s: { "0": 3, "1": 3, "2": 1, "3": 0 },
  f: { "0": 3, "1": 0 },
  b: { "0": [3, 0], "1": [1, 0] },
};

export const TEST_FILE = `import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { sign } from "../../src/sign.js";

describe("sign", () => {
  test("returns 1 for n = 5", () => {
    assert.equal(sign(5), 1);
  });

  test(
    'returns \\'-1\\' for a title that is so long that the formatter breaks the line after the bracket',
    () => {
      assert.equal(sign(-5), -1);
    },
  );

  test("one line", () => assert.equal(sign(0), 0));
});
`;

export function aCard(parts: Partial<ProofCard> = {}): ProofCard {
  return {
    id: "00000000000000c1",
    file: "sign.test.js",
    fullTitle: "sign > returns 1 for n = 5",
    origin: "search",
    kills: ["00000000000000a1"],
    onlyCovers: ["src/sign.js#b0.0"],
    reruns: 5,
    seed: 1,
    engine: "search 0.1.0",
    ...parts,
  };
}

export function aVerdict(
  parts: Partial<MutantVerdict> & {
    readonly id?: string;
    readonly file?: string;
    readonly replacement?: string;
  } = {},
): MutantVerdict {
  const { id = "00000000000000a1", file = "src/sign.js", replacement = "n >= 0", ...rest } = parts;
  return {
    mutant: {
      id,
      switchId: "0",
      file,
      mutator: "EqualityOperator",
      range: range(2, 6, 11),
      replacement,
    },
    status: "killed",
    killedBy: ["test/regoose/sign.test.js::sign > returns 1 for n = 5"],
    coveredBy: [],
    ...rest,
  };
}

/** What a model proposed and no test notices. */
export function aFault(
  parts: Partial<MutantVerdict["mutant"]> & { readonly status?: MutantVerdict["status"] } = {},
): MutantVerdict {
  const { status = "survived", ...mutant } = parts;
  const made = aVerdict({ id: "00000000000000f1", status, killedBy: [] });
  return { ...made, mutant: { ...made.mutant, mutator: "off by one", ...mutant } };
}

const COUNTS: MutationCounts = {
  killed: 3,
  timedOut: 1,
  survived: 1,
  notCovered: 1,
  loadTime: 1,
  notRun: 1,
  total: 8,
};

export function aData(parts: Partial<GenerateData> = {}): GenerateData {
  return {
    runId: "20261124-081500-3f9a2c",
    outcome: "succeeded",
    degradations: [],
    notes: [],
    engine: "search",
    seed: 7,
    reproducible: true,
    sandbox: { level: "namespace", backend: "bubblewrap", limits: ["network: blocked"] },
    runner: "node",
    suite: { directory: "test/regoose", files: ["test/regoose/sign.test.js"], tests: 3 },
    candidates: {
      proposed: 9,
      admitted: 3,
      rejected: { "adds-nothing": 5, unstable: 1 },
      lostInWriting: { admitted: 4, lost: 1 },
    },
    coverage: {
      baseline: {
        statements: { covered: 1, total: 4 },
        branches: { covered: 0, total: 4 },
        functions: { covered: 1, total: 2 },
      },
      suite: {
        statements: { covered: 3, total: 4 },
        branches: { covered: 2, total: 4 },
        functions: { covered: 1, total: 2 },
      },
    },
    mutation: { baseline: null, suite: COUNTS },
    findings: [],
    timings: { propose: 30_000, admit: 9_500, total: 41_234 },
    executions: 123_456,
    ...parts,
  };
}

/** A whole stored run: one source file, one test file with three tests, eight mutants. */
export function anInput(
  parts: {
    readonly data?: Partial<GenerateData>;
    readonly project?: Partial<ReportInput["result"]["project"]>;
    readonly rejections?: ReportInput["result"]["rejections"];
    readonly admission?: Partial<AdmissionResult>;
    readonly sources?: ReportInput["sources"];
  } = {},
): ReportInput {
  const data = aData(parts.data);
  const cards = [
    aCard(),
    aCard({
      id: "00000000000000c2",
      fullTitle:
        "sign > returns '-1' for a title that is so long that the formatter breaks the line after the bracket",
      onlyCovers: [],
    }),
    aCard({ id: "00000000000000c3", fullTitle: "sign > one line", kills: ["unknown-mutant"] }),
  ];
  const killed = aVerdict().mutant;
  return {
    result: {
      data,
      project: { name: "sign", version: "1.2.3", target: ".", ...parts.project },
      rejections: parts.rejections ?? [
        { candidateId: "c0ffee", reason: "adds-nothing", detail: "no kill", title: "sign > again" },
        { candidateId: "decade", reason: "unstable", detail: "differs in UTC", title: null },
      ],
    },
    admission: {
      files: { "test/regoose/sign.test.js": TEST_FILE },
      proof: {
        schema: 1,
        runner: "node",
        sandboxLevel: "namespace",
        sources: {},
        files: {},
        mutants: [
          {
            id: killed.id,
            file: killed.file,
            mutator: killed.mutator,
            range: killed.range,
            replacement: killed.replacement,
          },
        ],
        cards,
      },
      rejections: [],
      coverage: { map: { "src/sign.js": FILE }, summary: data.coverage.suite },
      mutants: [
        aVerdict(),
        aVerdict({ id: "00000000000000a2", status: "survived", replacement: "" }),
        aVerdict({ id: "00000000000000a3", status: "timedOut" }),
        aVerdict({ id: "00000000000000a4", status: "notCovered" }),
        aVerdict({ id: "00000000000000a5", status: "loadTime" }),
        aVerdict({ id: "00000000000000a6", status: "notRun" }),
      ],
      mutation: COUNTS,
      lostInWriting: { admitted: 4, lost: 1 },
      degradations: [],
      notes: [],
      ...parts.admission,
    },
    sources: parts.sources ?? [{ path: "src/sign.js", content: SOURCE }],
  };
}

export const FINDING: GenerateData["findings"][number] = {
  kind: "undeclared-exception",
  where: "src/sign.js:1",
  summary: 'sign("") throws TypeError: x is not a function',
  evidence: {
    test: 'test("sign accepts what its types allow", () => {\n  assert.doesNotThrow(() => sign(""));\n});\n',
    observed: "throws TypeError: x is not a function",
    expected: "returns number",
    reproduced: 2,
  },
  score: 0.9,
};

/** Tries to break out of every format at once. */
export const HOSTILE = `</script><img src=x onerror=alert(1)>\u2028\u202e\u001b[31m"'\`]]>&<!-- @user #1 | **b** \n# h\n\u0000\ud800`;

/** A run in which everything that the target or a test can name is {@link HOSTILE}. */
export function aHostileInput(): ReportInput {
  const base = anInput({
    project: { name: HOSTILE, version: HOSTILE, target: HOSTILE },
    sources: [{ path: "src/sign.js", content: HOSTILE }],
    rejections: [
      { candidateId: "c0ffee", reason: "adds-nothing", detail: HOSTILE, title: HOSTILE },
    ],
    data: {
      degradations: [HOSTILE],
      runner: HOSTILE,
      sandbox: { level: "guarded", backend: HOSTILE, limits: [HOSTILE] },
      suite: { directory: HOSTILE, files: [HOSTILE], tests: 1 },
      findings: [
        {
          ...FINDING,
          where: HOSTILE,
          summary: HOSTILE,
          evidence: {
            ...{ test: HOSTILE, observed: HOSTILE, expected: HOSTILE, reproduced: 2 },
            reasoning: [HOSTILE],
          },
        },
      ],
    },
    admission: {
      files: { [`${HOSTILE}/${HOSTILE}`]: HOSTILE },
      coverage: {
        map: {
          [HOSTILE]: { ...FILE, fnMap: { "0": { ...FILE.fnMap["0"]!, name: HOSTILE } } },
          "src/sign.js": FILE,
        },
        summary: aData().coverage.suite,
      },
      mutants: [
        aVerdict({ replacement: HOSTILE }),
        aVerdict({ replacement: HOSTILE, status: "survived", file: HOSTILE }),
      ],
      patches: [aFault({ file: HOSTILE, mutator: HOSTILE, replacement: HOSTILE })],
    },
  });
  const { proof } = base.admission;
  return {
    ...base,
    admission: {
      ...base.admission,
      proof: {
        ...proof,
        cards: [
          aCard({
            file: HOSTILE,
            fullTitle: HOSTILE,
            onlyCovers: [HOSTILE],
            engine: HOSTILE,
            kills: ["00000000000000a1", HOSTILE],
          }),
        ],
      },
    },
  };
}
