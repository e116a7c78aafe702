// Preloaded by tests into the built command and all that it starts: names are not found. With DNS_FAULT=silent the
// resolver waits for a server that never answers, as getaddrinfo(3) does: it holds a thread, cannot be given up, and
// no process that waits so can end by itself. Each name that was asked for is a line of the file DNS_ASKED.
import dns from "node:dns";
import { appendFileSync, open } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

const original = dns.lookup;

function lookup(name: string, ...rest: readonly unknown[]): void {
  const callback = rest.at(-1) as (failure: Error, address: string, family: number) => void;
  if (name === "localhost" || isIP(name) !== 0) {
    (original as (...all: readonly unknown[]) => void)(name, ...rest);
    return;
  }
  appendFileSync(process.env["DNS_ASKED"] ?? "", `${name}\n`);
  if (process.env["DNS_FAULT"] === "silent") {
    // A pipe that nobody writes into holds whoever opens it.
    open(process.env["DNS_PIPE"] ?? "", "r", () => undefined);
    return;
  }
  const code = "EAI_AGAIN";
  const failure = Object.assign(new Error(`getaddrinfo ${code} ${name}`), {
    ...{ code, syscall: "getaddrinfo", hostname: name },
  });
  process.nextTick(callback, failure, "", 0);
}

dns.lookup = lookup as unknown as typeof dns.lookup;
syncBuiltinESMExports();
