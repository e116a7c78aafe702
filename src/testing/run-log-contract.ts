import assert from "node:assert/strict";

import type { RunEvent } from "../contract/run-record.ts";
import { RegooseError } from "../kernel/errors.ts";
import type { ArtifactStore, RunLog } from "../ports/run-log.ts";

/** What a law of the run log is tried on: a fresh, empty store. */
export interface RunLogBench {
  readonly log: RunLog;
  /** Another client of the same store, as another process would be. */
  readonly other: RunLog;
}

/** One law of a port, for any test runner. */
export interface Law<Bench> {
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

const event = (name: string, data: RunEvent["data"] = {}): RunEvent => ({ name, data });

/** The laws of the run log port, which every adapter keeps. */
export function runLogContract(): readonly Law<RunLogBench>[] {
  return [...CONTENT_LAWS, ...OWNERSHIP_LAWS];
}

const CONTENT_LAWS: readonly Law<RunLogBench>[] = [
  {
    name: "is empty for a run that does not exist",
    async run({ log }) {
      assert.deepEqual(await log.read("r1"), []);
      assert.equal(await log.isOwned("r1"), false);
      assert.equal(await log.epochOf("r1"), 0);
    },
  },
  {
    name: "gives back what was appended, in order, numbered from 1",
    async run({ log, other }) {
      const claim = await log.claim("r1");
      assert.deepEqual(claim, { epoch: 1, sequence: 0 });
      const data = { text: 'quote " and \n line', deep: { list: [1, null, "ü"] } };
      assert.equal(await log.append("r1", claim, [event("a", data), event("b")]), "stored");
      const next = { ...claim, sequence: 2 };
      assert.equal(await log.append("r1", next, [event("c")], { isDurable: true }), "stored");
      const records = await other.read("r1");
      assert.deepEqual(
        records.map(({ name, sequence, epoch }) => [name, sequence, epoch]),
        [
          ["a", 1, 1],
          ["b", 2, 1],
          ["c", 3, 1],
        ],
      );
      assert.deepEqual(records[0]?.data, data);
      assert.ok(records.every(({ at }) => !Number.isNaN(Date.parse(at))));
    },
  },
  {
    name: "keeps the logs of two runs apart",
    async run({ log }) {
      await log.append("r1", await log.claim("r1"), [event("one")]);
      await log.append("r2", await log.claim("r2"), [event("two")]);
      assert.deepEqual(
        (await log.read("r2")).map(({ name }) => name),
        ["two"],
      );
    },
  },
];

const OWNERSHIP_LAWS: readonly Law<RunLogBench>[] = [
  {
    name: "answers a conflict to a writer that does not know of the last record",
    async run({ log }) {
      const claim = await log.claim("r1");
      await log.append("r1", claim, [event("a")]);
      assert.equal(await log.append("r1", claim, [event("twice")]), "conflict");
      assert.equal((await log.read("r1")).length, 1);
    },
  },
  {
    name: "refuses a second claim while the owner lives, and takes one after it let go",
    async run({ log, other }) {
      const claim = await log.claim("r1");
      assert.equal(await other.isOwned("r1"), true);
      assert.equal(await other.isSuspended("r1"), false);
      await assert.rejects(other.claim("r1"), isCode("RGS-1014"));
      await log.append("r1", claim, [event("a")]);
      await log.release("r1", { ...claim, sequence: 1 });
      assert.equal(await other.isOwned("r1"), false);
      assert.deepEqual(await other.claim("r1"), { epoch: 2, sequence: 1 });
      assert.equal(await log.epochOf("r1"), 2);
    },
  },
  {
    name: "tells an owner that was replaced, and lets nothing of its into the log",
    async run({ log, other }) {
      const old = await log.claim("r1");
      await log.append("r1", old, [event("a")]);
      await log.release("r1", { ...old, sequence: 1 });
      const next = await other.claim("r1");
      const late = await log.append("r1", { ...old, sequence: 1 }, [event("late")]);
      assert.equal(late, "lost-ownership");
      assert.equal(await other.append("r1", next, [event("b")]), "stored");
      assert.deepEqual(
        (await log.read("r1")).map(({ name, epoch }) => [name, epoch]),
        [
          ["a", 1],
          ["b", 2],
        ],
      );
      // A release by the one that was replaced takes nothing from the other.
      await log.release("r1", { ...old, sequence: 1 });
      assert.equal(await log.isOwned("r1"), true);
    },
  },
  {
    name: "lets one of many claims at the same time win",
    async run({ log, other }) {
      const claims = await Promise.allSettled(
        Array.from({ length: 10 }, (_none, index) => (index % 2 ? log : other).claim("r1")),
      );
      const won = claims.filter(({ status }) => status === "fulfilled");
      assert.equal(won.length, 1);
    },
  },
];

/** The laws of the artifact store port, which every adapter keeps. */
export function artifactStoreContract(): readonly Law<{ readonly store: ArtifactStore }>[] {
  return [
    {
      name: "gives back a text by its hash",
      async run({ store }) {
        const hash = await store.put("r1", '{"a":"ü\u2028"}');
        assert.match(hash, /^[0-9a-f]{64}$/u);
        assert.equal(await store.get("r1", hash), '{"a":"ü\u2028"}');
        assert.equal(await store.put("r1", '{"a":"ü\u2028"}'), hash);
      },
    },
    {
      name: "has nothing under a hash that was not stored, or was for another run",
      async run({ store }) {
        const hash = await store.put("r1", "text");
        assert.equal(await store.get("r1", "0".repeat(64)), null);
        assert.equal(await store.get("r2", hash), null);
      },
    },
    {
      name: "stores equal texts at the same time, and an empty one",
      async run({ store }) {
        const hashes = await Promise.all(
          Array.from({ length: 10 }, () => store.put("r1", "x".repeat(100_000))),
        );
        assert.equal(new Set(hashes).size, 1);
        assert.equal((await store.get("r1", hashes[0] ?? ""))?.length, 100_000);
        assert.equal(await store.get("r1", await store.put("r1", "")), "");
      },
    },
  ];
}

function isCode(code: string): (failure: unknown) => boolean {
  return (failure) => failure instanceof RegooseError && failure.code === code;
}
