// The owner of a model that never ends: says the id of its process at the first word, and is killed by the test.
import {
  createModelProcesses,
  startModelProcess,
} from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

const facts = { provider: "local", model: "endless", status: null, requestId: null };
const { signal } = new AbortController();
let pid = 0;
const processes = createModelProcesses({
  clock: createSystemClock(),
  start: () => {
    const child = startModelProcess();
    pid = child.pid ?? 0;
    return child;
  },
});
const file = { path: process.argv[2] ?? "", contextTokens: null };
const model = await processes.open(file, facts, { signal, limitMs: 60_000 });
let isFirst = true;
await model.generate({ messages: [{ role: "user", text: "Go on." }] }, facts, {
  signal,
  onText: () => {
    if (isFirst) process.stdout.write(`${pid}\n`);
    isFirst = false;
  },
});
