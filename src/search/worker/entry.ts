/**
 * A search process: reads one job from stdin, loads the target, works, reports on stdout. It runs
 * target code, so nothing it says is trusted by the side that started it.
 */
import { realExit, realFs } from "./private-world.ts";
import { runJob } from "./run-job.ts";
import type { Job } from "../protocol.ts";
import { createOutbox } from "./outbox.ts";

const outbox = createOutbox();
const finish = (code: number): void => {
  realExit(code);
};

try {
  const job = JSON.parse(readLine()) as Job;
  runJob(job, outbox, finish);
} catch (failure) {
  fail(failure);
}

function fail(failure: unknown): void {
  const detail = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  outbox.send({ kind: "failed", detail: detail.slice(0, 4000) });
  finish(1);
}

/** The first line of stdin, read without touching the event loop. */
function readLine(): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(1 << 16);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    let count: number;
    try {
      count = realFs.readSync(0, chunk, 0, chunk.length, null);
    } catch (failure) {
      const { code } = failure as { code?: string };
      if (code === "EOF") break;
      if (code !== "EAGAIN") throw failure;
      Atomics.wait(pause, 0, 0, 2);
      continue;
    }
    if (count === 0) break;
    const end = chunk.subarray(0, count).indexOf(10);
    chunks.push(Buffer.from(chunk.subarray(0, end < 0 ? count : end)));
    if (end >= 0) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
