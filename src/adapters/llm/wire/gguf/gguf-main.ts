// The process of a model of this machine. What is native may crash or run on: then this process ends, not the run.
import { toErrno, toMessage } from "../../../../kernel/errors.ts";
import { ContextFull, GrammarRefused, type GgufSession, openSession } from "./gguf-session.ts";
import type { GenerateBody, ModelFile, ModelOrder, ModelReply } from "./protocol.ts";

const running = new Map<number, AbortController>();
let session: GgufSession | null = null;
/** One context: one question after the other. */
let line = Promise.resolve();

const reply = (message: ModelReply): void => {
  process.send?.(message);
};

async function load(file: ModelFile): Promise<void> {
  let library: typeof import("node-llama-cpp");
  try {
    library = await import("node-llama-cpp");
  } catch (failure) {
    const isMissing = toErrno(failure) === "ERR_MODULE_NOT_FOUND";
    const message = isMissing ? "it is not installed" : toMessage(failure);
    reply({ is: "unloadable", why: "library", message });
    return;
  }
  try {
    session = await openSession(library, file);
    const { name, contextTokens } = session;
    reply({ is: "loaded", name, contextTokens });
  } catch (failure) {
    const why = failure instanceof library.NoBinaryFoundError ? "library" : "file";
    reply({ is: "unloadable", why, message: toMessage(failure) });
  }
}

async function generate(id: number, body: GenerateBody, signal: AbortSignal): Promise<void> {
  try {
    if (session === null) throw new Error("no model is loaded");
    const onText = (text: string): void => {
      reply({ is: "text", id, text });
    };
    const made = await session.generate(body, { signal, onText });
    reply({ is: "end", id, ...made });
  } catch (failure) {
    const why =
      failure instanceof ContextFull
        ? "overflow"
        : failure instanceof GrammarRefused
          ? "request"
          : "other";
    reply({ is: "failed", id, why, message: toMessage(failure) });
  } finally {
    running.delete(id);
  }
}

process.on("message", (order: ModelOrder) => {
  switch (order.do) {
    case "load":
      void load(order.file);
      return;
    case "generate": {
      const stop = new AbortController();
      running.set(order.id, stop);
      line = line.then(() => generate(order.id, order.body, stop.signal));
      return;
    }
    case "abort":
      running.get(order.id)?.abort(new Error("nobody waits for the answer any more"));
  }
});
// Nobody is there to hear anything: native threads would outlive a mere exit by as long as they take.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
