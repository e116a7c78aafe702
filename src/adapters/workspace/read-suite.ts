import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { proofFileSchema, type ProofFile } from "../../contract/proof-card.ts";
import { toErrno, toMessage } from "../../kernel/errors.ts";
import { createProofDamaged } from "./errors.ts";
import { PROOF_FILE } from "./suite-folder.ts";

/**
 * The proof file of a suite, or null where there is none.
 * @throws ProofDamaged (RGS-3012) when there is one that cannot be read
 */
export async function readStandingProof(folder: string): Promise<ProofFile | null> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(folder, PROOF_FILE), "utf8"));
  } catch (failure) {
    const errno = toErrno(failure);
    if (errno === "ENOENT" || errno === "ENOTDIR") return null;
    throw createProofDamaged(folder, toMessage(failure), failure);
  }
  const parsed = proofFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw createProofDamaged(folder, `${where}${issue?.message ?? "unknown form"}`, parsed.error);
}

/**
 * Suite files as they stand, by suite-relative path; what is gone is left out. The paths come from a
 * proof file, which is anyone's input: one that leaves the suite is not followed.
 */
export async function readSuiteFiles(
  folder: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    paths.filter(isInside).map(async (path): Promise<readonly [string, string][]> => {
      const content = await readFile(join(folder, path), "utf8").catch(() => null);
      return content === null ? [] : [[path, content]];
    }),
  );
  return Object.fromEntries(found.flat());
}

function isInside(path: string): boolean {
  if (path === PROOF_FILE || path.includes("\0")) return false;
  return posix.normalize(path) === path && !/^(?:\/|\.\.(?:\/|$))/u.test(path);
}
