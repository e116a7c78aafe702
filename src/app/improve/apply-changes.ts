import { join } from "node:path";
import {
  findMissingFolders,
  listFolders,
  removeEmptyFolders,
} from "../../adapters/workspace/change-folders.ts";
import { writeChanges } from "../../adapters/workspace/change-files.ts";
import { createRunFolderStore } from "../../adapters/store/run-folder.ts";
import type { RunRecord } from "../../contract/run-record.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { FileChange } from "../../kernel/unified-diff.ts";
import { restoreResults } from "../../orchestration/checkpoints.ts";
import { openRunWriter } from "../../orchestration/run-writer.ts";
import type { RunStore } from "../../ports/run-store.ts";
import { detectRoot } from "../detect-root.ts";
import type { RunName } from "../resume.ts";
import { createChangePolicy, findLinks } from "./change-policy.ts";
import { createFilesChanged, createNoChanges } from "./errors.ts";
import { readImproveScenario } from "./scenario.ts";
import { isImprovement, readImproveFacts } from "./stored-improvement.ts";
import { improvementSchema } from "./step-schemas.ts";

/** What stands in the user's tree of a run's changes, as its log says. */
export type AppliedState = "none" | "begun" | "applied" | "undone";

const STATES: Readonly<Record<string, AppliedState>> = {
  "changes-apply": "begun",
  "changes-applied": "applied",
  "changes-undone": "undone",
};

/** What `--apply` and `--undo` answer. */
export interface AppliedData {
  readonly runId: string;
  readonly state: "applied" | "undone";
  /** Files that were written now; those that stood as they should are left out. */
  readonly files: readonly string[];
}

export function readAppliedState(records: readonly RunRecord[]): AppliedState {
  const last = records.findLast(({ name }) => Object.hasOwn(STATES, name));
  return STATES[last?.name ?? ""] ?? "none";
}

/** Changes that a run has come to, and where they belong. */
export interface StoredChanges {
  readonly runId: string;
  readonly root: string;
  readonly changes: readonly FileChange[];
  readonly state: AppliedState;
  /** Folders that were made for files of theirs, outermost first. */
  readonly folders: readonly string[];
}

/**
 * The changes of a stored run.
 * @throws RunNotFound (RGS-1010), NoChanges (RGS-3105)
 */
export async function readChanges(
  deps: { readonly clock: Clock },
  { run, cwd }: RunName,
): Promise<StoredChanges> {
  const root = detectRoot(cwd);
  const store = createRunFolderStore(deps, root);
  const runId = await store.resolve(run);
  const records = await store.readRecords(runId);
  if (!isImprovement(records)) throw createNoChanges(runId, "is none of `regoose improve`");
  const { rounds } = readImproveFacts(runId, records);
  const { scenario, report } = readImproveScenario(rounds);
  const { results } = await restoreResults(store.artifacts, scenario, { runId, records });
  const parsed = improvementSchema.safeParse(results.get(report.id));
  const changes = parsed.data?.changes ?? [];
  if (changes.length === 0) throw createNoChanges(runId, "has no changes that hold");
  await rejectForeign(root, runId, changes);
  const folders = readFolders(records, changes);
  return { runId, root, changes, state: readAppliedState(records), folders };
}

/** Of the folders that the log names, those in which a file of the changes may stand: others are nobody's to remove. */
function readFolders(
  records: readonly RunRecord[],
  changes: readonly FileChange[],
): readonly string[] {
  const undone = records.findLastIndex(({ name }) => name === "changes-undone");
  const named = records
    .slice(undone + 1)
    .filter(({ name }) => name === "changes-apply")
    .flatMap(({ data }) => (Array.isArray(data["folders"]) ? (data["folders"] as unknown[]) : []));
  const added = changes.filter(({ before }) => before === null);
  const needed = new Set(added.flatMap(({ path }) => listFolders(path)));
  return [...needed].filter((folder) => named.includes(folder));
}

/** The log lies in a project that anyone may have sent: what it names is held to the same rules as what a model names. */
async function rejectForeign(
  root: string,
  runId: string,
  changes: readonly FileChange[],
): Promise<void> {
  const paths = changes.map(({ path }) => path);
  const policy = createChangePolicy(
    {
      goal: { text: "", mayChangeBehaviour: true, mayChangeTests: true },
      folder: "",
      project: { testFiles: [] },
    },
    await findLinks(root, paths),
  );
  for (const path of paths) {
    const why = policy(path);
    if (why !== null) throw createNoChanges(runId, `names ${path}, and ${why}`);
  }
}

/**
 * Writes the changes of a run into the user's tree.
 * @throws FilesChanged (RGS-3104) when a file is not as the run has read it, NoChanges (RGS-3105), RunBusy (RGS-1014),
 * OutputUnwritable (RGS-3003)
 */
export async function applyChanges(
  deps: { readonly clock: Clock },
  name: RunName,
): Promise<AppliedData> {
  return swap(deps, name, "apply");
}

/**
 * Puts back what stood there before, to the byte.
 * @throws FilesChanged (RGS-3104) when a file is not as the run has written it, NoChanges (RGS-3105) where nothing was applied,
 * RunBusy (RGS-1014), OutputUnwritable (RGS-3003)
 */
export async function undoChanges(
  deps: { readonly clock: Clock },
  name: RunName,
): Promise<AppliedData> {
  return swap(deps, name, "undo");
}

async function swap(
  deps: { readonly clock: Clock },
  name: RunName,
  what: "apply" | "undo",
): Promise<AppliedData> {
  const { runId, root, changes, state, folders } = await readChanges(deps, name);
  if (what === "undo" && (state === "none" || state === "undone")) {
    throw createNoChanges(runId, state === "none" ? "was never applied" : "is undone already");
  }
  const store: RunStore = createRunFolderStore(deps, root);
  const writer = await openRunWriter(store.log, runId);
  try {
    const paths = changes.map(({ path }) => path);
    if (what === "apply") {
      // Written first: whatever happens from here on can be undone.
      const data = { files: paths, folders: await findMissingFolders(root, changes) };
      await writer.append({ name: "changes-apply", data }, { isDurable: true });
    }
    const wanted = what === "apply" ? changes : changes.map(toReverse);
    const way = { scratch: join(store.folderOf(runId), SCRATCH), mark: runId };
    const written = await writeChanges(root, wanted, way);
    if (written.kind === "conflict") throw createFilesChanged(written.files, what);
    if (what === "undo") await removeEmptyFolders(root, folders);
    const event = what === "apply" ? "changes-applied" : "changes-undone";
    await writer.append({ name: event, data: { files: paths } }, { isDurable: true });
    return { runId, state: what === "apply" ? "applied" : "undone", files: written.files };
  } finally {
    await writer.release();
  }
}

/** In the run's folder: what is on its way into the tree. */
const SCRATCH = "changes";

const toReverse = ({ path, before, after }: FileChange): FileChange => ({
  path,
  before: after,
  after: before,
});
