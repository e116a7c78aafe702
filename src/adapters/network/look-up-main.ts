// The process of `name-lookup.ts`: looks up the one name that it is given, and says so as one line of JSON.
import { lookup } from "node:dns";
import { writeSync } from "node:fs";

/** Where the process that waits for it is gone, it does not wait for the resolver to the end. */
const MOST_MS = 10_000;

setTimeout(() => process.kill(process.pid, "SIGKILL"), MOST_MS).unref();
lookup(process.argv[2] ?? "", { all: true }, (failure, addresses) => {
  const found =
    failure === null
      ? { kind: "found", addresses }
      : { kind: "lost", code: failure.code ?? "EAI_FAIL" };
  writeSync(1, JSON.stringify(found));
});
