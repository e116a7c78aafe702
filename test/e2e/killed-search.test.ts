import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CorpusItem } from "../../src/search/protocol.ts";
import { hasNamespace, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import { listFolders, listProcesses } from "./support/watch-run.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/interval-set");
const PRELOAD = `--import ${join(import.meta.dirname, "support", "spy-search.ts")}`;

/** A kill may lose so much of a search, ms. */
const MOST_LOST_MS = 2_000;

/** What the spy noted. */
interface Seen {
  readonly at: number;
  readonly said?: {
    readonly items?: readonly CorpusItem[];
    readonly switchIds?: readonly string[];
  };
  readonly job?: {
    readonly kind: "coverage" | "mutation";
    readonly corpus?: readonly CorpusItem[];
    readonly killed?: readonly string[];
  };
}

async function readSeen(path: string): Promise<readonly Seen[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Seen);
}

const toFeatures = (items: readonly CorpusItem[] = []): readonly number[] =>
  items.flatMap(({ fresh }) => fresh);
const toKills = ({ said }: Seen): readonly string[] => said?.switchIds ?? [];

describe.skipIf(!hasNamespace())("a search under a time limit, killed with -9", () => {
  test.each(["coverage", "mutation"] as const)(
    "in its %s phase goes on with all that was found two seconds before, and leaves nothing running",
    async (phase) => {
      const home = await mkdtemp(join(tmpdir(), "regoose-e2e-"));
      const root = join(home, "project");
      await cp(EXAMPLE, root, { recursive: true });
      const spy = (name: string): string => join(home, name);
      const env = (name: string): Record<string, string> => ({
        NODE_OPTIONS: PRELOAD,
        SPY_FILE: spy(name),
      });
      try {
        const args = ["generate", "--json", "--max-time", "90s", "--reruns", "1"];
        const child = startCli(args, { cwd: root, env: env("first") });
        const ended = waitFor(child);
        const isFound = ({ said }: Seen): boolean =>
          (phase === "coverage" ? said?.items : said?.switchIds) !== undefined;
        // Found long enough ago to have been saved.
        const isDue = (seen: Seen): boolean =>
          isFound(seen) && Date.now() - seen.at > MOST_LOST_MS + 500;
        await expect
          .poll(async () => (await readSeen(spy("first"))).some(isDue), { timeout: 90_000 })
          .toBe(true);
        const killedAt = Date.now();
        child.kill("SIGKILL");
        await ended;
        const pid = child.pid ?? 0;
        await expect.poll(() => listProcesses(root, pid), { timeout: 5_000 }).toEqual([]);
        const found = (await readSeen(spy("first"))).filter(
          ({ at }) => at < killedAt - MOST_LOST_MS,
        );

        const resuming = startCli(["resume", "--json"], { cwd: root, env: env("second") });
        const result = await waitFor(resuming);
        expect(toEnvelope(result).data?.outcome, result.stderr).toMatch(/succeeded|degraded/u);
        const jobs = (await readSeen(spy("second"))).flatMap(({ job }) => job ?? []);
        const coverage = jobs.find(({ kind }) => kind === "coverage");
        const features = found.flatMap(({ said }) => toFeatures(said?.items));
        expect(features.length).toBeGreaterThan(0);
        expect(toFeatures(coverage?.corpus)).toEqual(expect.arrayContaining(features));
        if (phase === "mutation") {
          const mutation = jobs.find(({ kind }) => kind === "mutation");
          expect(mutation?.killed).toEqual(expect.arrayContaining(found.flatMap(toKills)));
        }
        for (const one of [pid, resuming.pid ?? 0]) {
          expect(listProcesses(root, one)).toEqual([]);
          expect(listFolders(one)).toEqual([]);
        }
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
    300_000,
  );
});
