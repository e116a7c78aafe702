import { createDeadline, type Clock } from "../../kernel/clock.ts";
import type { OutsideCall } from "../../ports/outside-calls.ts";
import type { Sandbox, SandboxBackend } from "../../ports/sandbox.ts";

/** Set-up and handing files back have limits of their own in each backend; this lies above both. */
const AROUND_MS = 90_000;
const NEVER = new AbortController().signal;

/**
 * The same backend with its sandboxes and commands made through the policies of `call`. A command is
 * run again only where its sandbox could not be built, so that nothing of it had run.
 */
export function guardSandboxes(
  deps: { readonly clock: Clock; readonly call: OutsideCall },
  backend: SandboxBackend,
): SandboxBackend {
  return {
    name: backend.name,
    level: backend.level,
    probe: () => backend.probe(),
    sweep: () => backend.sweep(),
    create: (spec) =>
      deps.call.run(
        async ({ signal }) => {
          const sandbox = await backend.create(spec);
          if (signal.aborted) await sandbox[Symbol.asyncDispose]();
          return guardSandbox(deps, sandbox);
        },
        { signal: NEVER, deadline: createDeadline(deps.clock, AROUND_MS) },
      ),
  };
}

function guardSandbox(
  { clock, call }: { readonly clock: Clock; readonly call: OutsideCall },
  sandbox: Sandbox,
): Sandbox {
  return {
    level: sandbox.level,
    backend: sandbox.backend,
    pathOf: (name) => sandbox.pathOf(name),
    run(command, { signal }) {
      const attemptMs = command.timeoutMs + AROUND_MS;
      const options = { signal, deadline: createDeadline(clock, attemptMs), attemptMs };
      return call.run((attempt) => sandbox.run(command, attempt), options);
    },
    start: (command, options) =>
      call.run(
        async (attempt) => {
          // The process outlives the call that starts it, so its signal is the caller's.
          const process = await sandbox.start(command, options);
          if (attempt.signal.aborted) await process[Symbol.asyncDispose]();
          return process;
        },
        { signal: options.signal, deadline: createDeadline(clock, AROUND_MS) },
      ),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
