import type { Reload } from "../keys.ts";
import { factsOf } from "../layers/leaf.ts";
import type { MergedSetting, MergedSettings } from "../layers/merge.ts";
import { isReference } from "../secrets/reference.ts";

/** One key whose value is another than before. */
export interface ConfigChange {
  readonly path: readonly string[];
  readonly reload: Reload;
  /** Undefined where nothing set it. */
  readonly before: MergedSetting | undefined;
  readonly after: MergedSetting | undefined;
}

/** Keys whose values differ, in the order in which they appear. Two references to secrets are told apart too. */
export function listChanges(
  before: MergedSettings,
  after: MergedSettings,
): readonly ConfigChange[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key): ConfigChange[] => {
    const [old, present] = [before.get(key), after.get(key)];
    const path = (present ?? old)?.path ?? [];
    if (isSameValue(old?.value, present?.value)) return [];
    return [{ path, reload: factsOf(path)?.reload ?? "next-run", before: old, after: present }];
  });
}

/** Whether two values of a key are the same. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (isReference(left) && isReference(right))
    return left.kind === right.kind && left.target.equals(right.target);
  if (Array.isArray(left) && Array.isArray(right) && left.length === right.length)
    return left.every((one, index) => isSameValue(one, right[index]));
  return JSON.stringify(left) === JSON.stringify(right);
}
