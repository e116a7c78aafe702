import type { TestProgram } from "../../contract/program.ts";
import type { WorkerMessage } from "../protocol.ts";
import { writeAll } from "./private-world.ts";

/** Sends messages to the trusted side, one line of JSON each. */
export interface Outbox {
  send(message: WorkerMessage): void;
}

/** Largest line, in characters; bigger messages are not sent. */
const MAX_LINE = 4_000_000;

/** Writes to stdout by a private reference, whatever the target did to it. */
export function createOutbox(): Outbox {
  return {
    send(message) {
      const line = JSON.stringify(message);
      if (line.length <= MAX_LINE) writeAll(1, `${line}\n`);
    },
  };
}

/** Names the program that runs, so that the trusted side knows what hung after it killed this process. */
export interface Journal {
  begin(program: TestProgram): void;
  end(): void;
}

/** Writes every program before it runs: slow, exact. */
export function createLineJournal(outbox: Outbox): Journal {
  return {
    begin(program) {
      outbox.send({ kind: "journal", program });
    },
    end() {
      // The next begin or any other message says that it ended.
    },
  };
}
