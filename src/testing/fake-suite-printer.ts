import type { Candidate } from "../contract/candidate.ts";
import type { PrintRequest, PrintedTest, SuitePrinter } from "../ports/suite-printer.ts";

export interface FakePrinterOptions {
  /** Title of a test. @defaultValue `test of ID` */
  readonly titleOf?: (candidate: Candidate, request: PrintRequest) => string;
  /** Name of its file within the suite's folder. @defaultValue `fake.test.js` */
  readonly fileOf?: (candidate: Candidate) => string;
  /** Statements of the test's body. @defaultValue one assertion on the target */
  readonly bodyOf?: (candidate: Candidate) => string;
  /** Why a candidate cannot be printed, or null. */
  readonly refuse?: (candidate: Candidate, request: PrintRequest) => string | null;
}

export interface FakeSuitePrinter extends SuitePrinter {
  /** Every request so far, in order. */
  readonly requests: readonly PrintRequest[];
}

const HEADER = 'import assert from "node:assert";\nimport { subject } from "../index.js";\n';

/** Prints each candidate as one small test that carries its id, for the fake runner to find. */
export function createFakeSuitePrinter(options: FakePrinterOptions = {}): FakeSuitePrinter {
  const requests: PrintRequest[] = [];
  return {
    requests,
    async print(request, { signal }) {
      await Promise.resolve();
      signal.throwIfAborted();
      requests.push(request);
      const files = new Map<string, string>();
      const tests: PrintedTest[] = [];
      const unprintable: { candidateId: string; reason: string }[] = [];
      for (const candidate of request.candidates) {
        const reason = options.refuse?.(candidate, request) ?? null;
        if (reason !== null) {
          unprintable.push({ candidateId: candidate.id, reason });
          continue;
        }
        const file = `${request.outDir}/${options.fileOf?.(candidate) ?? "fake.test.js"}`;
        const fullTitle = options.titleOf?.(candidate, request) ?? `test of ${candidate.id}`;
        const source = toSource(candidate, fullTitle, options);
        files.set(file, `${files.get(file) ?? HEADER}\n${source}\n`);
        tests.push({ candidateId: candidate.id, file, fullTitle, source });
      }
      return { files: Object.fromEntries(files), tests, unprintable };
    },
  };
}

function toSource(candidate: Candidate, title: string, options: FakePrinterOptions): string {
  const body = options.bodyOf?.(candidate) ?? `assert.equal(subject("${candidate.id}"), 3);`;
  return `test(${JSON.stringify(title)}, () => {\n  /* candidate ${candidate.id} */\n  ${body}\n});`;
}
