import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";

import type { Finding } from "../contract/candidate.ts";
import { cutFile } from "../emission/written/cut-file.ts";
import { readTests } from "../emission/written/read-tests.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";
import { shortHash } from "../kernel/hash.ts";
import type { GenerateAnswer } from "./generate-types.ts";

/**
 * Writes one failing test file for each finding into `folder` (absolute), named by its content, so that nothing that
 * stands there is lost. Imports of the project's files follow.
 * @throws FindingsUnwritable (RGS-7015) where it cannot be written
 */
export async function writeBugs(answer: GenerateAnswer, folder: string): Promise<void> {
  const { findings, suite } = answer.data;
  if (findings.length === 0) return;
  const root = resolve(dirname(dirname(dirname(answer.runFolder))));
  try {
    await mkdir(folder, { recursive: true });
    for (const finding of findings) {
      const text = await move(finding, join(root, suite.directory), folder);
      await writeFile(join(folder, toName(finding, text)), `${toHeader(finding)}${text}`);
    }
  } catch (failure) {
    throw new RegooseError(
      "RGS-7015",
      `findings cannot be written to ${folder}: ${toMessage(failure)}`,
      {
        hint: "name a folder that you may write to with --bugs-out",
        cause: failure,
      },
    );
  }
}

async function move(finding: Finding, from: string, to: string): Promise<string> {
  const { test } = finding.evidence;
  for (const isTypeScript of [false, true]) {
    const found = readTests(test, isTypeScript);
    if (found.kind === "unreadable") continue;
    const place = {
      path: posix.join(from, "bug.test.js"),
      outDir: to,
      isTypeScript,
      readProjectFile: read,
    };
    return (await cutFile(test, new Set(found.titles), place)).text;
  }
  return test;
}

const read = (path: string): Promise<string | null> => readFile(path, "utf8").catch(() => null);

function toName({ kind }: Finding, text: string): string {
  const isModule = /^\s*import\b/mu.test(text);
  return `${kind}-${shortHash(text).slice(0, 8)}.test.${isModule ? "mjs" : "cjs"}`;
}

function toHeader({ summary, evidence }: Finding): string {
  const lines = [
    summary,
    `Observed: ${evidence.observed}`,
    `Expected: ${evidence.expected}`,
    ...(evidence.reasoning ?? []),
  ];
  return `${lines
    .flatMap((line) => line.split("\n"))
    .map((line) => `// ${line}`.trimEnd())
    .join("\n")}\n\n`;
}
