import type { Clock } from "../kernel/clock.ts";
import type {
  Sandbox,
  SandboxBackend,
  SandboxCommand,
  SandboxEnd,
  SandboxProcess,
} from "../ports/sandbox.ts";
import type { OpenSpan, Telemetry } from "../ports/telemetry.ts";

interface ObserveDeps {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * The same backend, with a span and a count for each sandbox and for each process in one. A process does not learn
 * of its span from its environment: the target would see it, and would see another in each run.
 */
export function observeSandboxes(deps: ObserveDeps, backend: SandboxBackend): SandboxBackend {
  const { telemetry } = deps;
  const log = telemetry.logger("sandbox");
  return {
    name: backend.name,
    level: backend.level,
    probe: () => backend.probe(),
    sweep: () => backend.sweep(),
    create: (spec) =>
      telemetry.span("sandbox.create", { "sandbox.backend": backend.name }, async () => {
        const labels = { backend: backend.name };
        try {
          const sandbox = await backend.create(spec);
          telemetry.count("regoose_sandboxes_total", { ...labels, event: "created" });
          telemetry.shift("regoose_sandboxes_active", {}, 1);
          return observeSandbox(deps, sandbox);
        } catch (failure) {
          telemetry.count("regoose_sandboxes_total", { ...labels, event: "failed" });
          log.error("a sandbox could not be made", { backend: backend.name });
          throw failure;
        }
      }),
  };
}

function observeSandbox(deps: ObserveDeps, sandbox: Sandbox): Sandbox {
  const { telemetry } = deps;
  const { backend } = sandbox;
  let isDisposed = false;
  return {
    level: sandbox.level,
    backend,
    pathOf: (name) => sandbox.pathOf(name),
    async run(command, options) {
      const watch = watchProcess(deps, command, backend);
      try {
        const result = await sandbox.run(command, options);
        watch.ended(result.end, result.pid);
        return result;
      } catch (failure) {
        watch.failed(failure);
        throw failure;
      }
    },
    async start(command, options) {
      const watch = watchProcess(deps, command, backend);
      try {
        return observeProcess(await sandbox.start(command, options), watch);
      } catch (failure) {
        watch.failed(failure);
        throw failure;
      }
    },
    async [Symbol.asyncDispose]() {
      await sandbox[Symbol.asyncDispose]();
      if (isDisposed) return;
      isDisposed = true;
      telemetry.count("regoose_sandboxes_total", { backend, event: "disposed" });
      telemetry.shift("regoose_sandboxes_active", {}, -1);
    },
  };
}

interface ProcessWatch {
  ended(end: SandboxEnd, pid: number | undefined): void;
  failed(failure: unknown): void;
}

function watchProcess(
  { telemetry, clock }: ObserveDeps,
  command: SandboxCommand,
  backend: string,
): ProcessWatch {
  const startedMs = clock.monotonic();
  const span = telemetry.start("sandbox.process", {
    "sandbox.backend": backend,
    "process.command": command.argv[0] ?? "",
    "sandbox.timeout_ms": command.timeoutMs,
  });
  const close = (end: string): void => {
    const seconds = (clock.monotonic() - startedMs) / 1000;
    telemetry.count("regoose_sandbox_processes_total", { backend, end });
    telemetry.observe("regoose_sandbox_process_duration_seconds", { backend }, seconds);
    span.set({ "process.end": end });
    span.end();
  };
  return {
    ended(end, pid) {
      describeEnd(span, end, pid);
      if (end.kind === "memory-exceeded" || end.kind === "output-exceeded") {
        telemetry.logger("sandbox").warn("a process was killed for its limits", { end: end.kind });
      }
      close(end.kind);
    },
    failed(failure) {
      span.fail(failure);
      close("failed");
    },
  };
}

function describeEnd(span: OpenSpan, end: SandboxEnd, pid: number | undefined): void {
  if (pid !== undefined) span.set({ "process.pid": pid });
  if (end.kind === "exited") span.set({ "process.exit.code": end.code });
  if (end.kind === "signalled") span.set({ "process.exit.signal": end.signal });
}

function observeProcess(process: SandboxProcess, watch: ProcessWatch): SandboxProcess {
  process.ended.then(
    ({ end }) => {
      watch.ended(end, process.pid);
    },
    (failure: unknown) => {
      watch.failed(failure);
    },
  );
  return process;
}
