import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { Sandbox } from "../../../src/ports/sandbox.ts";
import { createAttackDecoys } from "./attack-decoys.ts";
import { ATTACK_LIMITS, listAttacks } from "./attack-list.ts";

/** What became of one attack; `breach` is null when it was stopped. */
export interface AttackOutcome {
  readonly name: string;
  readonly breach: string | null;
}

/** Runs every attack in a `namespace` sandbox of this user, a few at a time. */
export async function runAttacks(): Promise<readonly AttackOutcome[]> {
  const decoys = await createAttackDecoys();
  const backend = createBubblewrapBackend({ clock: createSystemClock() });
  const sandbox = await backend.create({
    layers: [decoys.layer],
    dependencies: [{ hostPath: decoys.dependencies, levelsUp: 0 }],
    mounts: [],
    limits: ATTACK_LIMITS,
  });
  try {
    const outcomes: AttackOutcome[] = [];
    for (const { name, command, judge } of listAttacks(decoys)) {
      const result = await run(sandbox, command);
      outcomes.push({ name, breach: judge(result) });
    }
    return outcomes;
  } finally {
    await sandbox[Symbol.asyncDispose]();
    await decoys.close();
  }
}

function run(
  sandbox: Sandbox,
  command: Parameters<Sandbox["run"]>[0] | { readonly argv: readonly string[] },
): ReturnType<Sandbox["run"]> {
  return sandbox.run(
    { env: {}, timeoutMs: 60_000, collect: [], collectBytes: 4_096, ...command },
    { signal: new AbortController().signal },
  );
}
