import type { ReadOnlyMount, SandboxBackend, SandboxLimits } from "../../ports/sandbox.ts";
import { RUNNER_LIMITS } from "../create-test-runner.ts";
import { createLayer } from "../layer.ts";
import type { BoxConditions, RunBox } from "./driver.ts";

export interface BoxHost {
  readonly sandboxes: SandboxBackend;
  /** Host folder: the private copy of the project. */
  readonly baseLayer: string;
  /** Host folder for short-lived layers. */
  readonly scratchFolder: string;
  /** Installed packages and programs from outside the system's folders. */
  readonly mounts: readonly ReadOnlyMount[];
  readonly limits?: Partial<SandboxLimits>;
}

/** Largest result file, bytes. */
const COLLECT_BYTES = 32 * 1024 * 1024;

/**
 * Runs each command in a sandbox of its own. In its words and variables `{work}` is the path of the work copy and
 * `{mount:NAME}` that of a mount, whose name may hold slashes.
 */
export function openBoxes(
  host: BoxHost,
): (conditions: BoxConditions, signal: AbortSignal) => RunBox {
  return (conditions, signal) => async (request) => {
    await using layer = await createLayer(host.scratchFolder, request.files);
    await using sandbox = await host.sandboxes.create({
      layers: [host.baseLayer, layer.path],
      dependencies: [],
      mounts: host.mounts,
      limits: { ...RUNNER_LIMITS, ...host.limits },
    });
    const place = (text: string): string =>
      text
        .replaceAll("{work}", sandbox.pathOf("work"))
        .replaceAll(/\{mount:([\w.@/-]+)\}/gu, (_all, name: string) => sandbox.pathOf(name));
    const result = await sandbox.run(
      {
        argv: request.argv.map(place),
        env: {
          ...Object.fromEntries(
            Object.entries(request.env ?? {}).map(([name, value]) => [name, place(value)]),
          ),
          TZ: conditions.timeZone,
        },
        identity: conditions.identity,
        timeoutMs: Math.max(1, Math.ceil(request.timeoutMs)),
        collect: request.collect,
        collectBytes: COLLECT_BYTES,
      },
      { signal },
    );
    return { ...result, workPath: sandbox.pathOf("work") };
  };
}
