import type { HarnessLine } from "../../../contract/harness.ts";
import type { PrivateNode } from "./private-node.ts";

/** Appends result lines to a file, each handed to the system before the next step. */
export interface LineWriter {
  write(line: HarnessLine): void;
}

/** Opens the result file for appending; several processes may do so one after the other. */
export function openLineWriter(node: PrivateNode, path: string): LineWriter {
  const descriptor = node.fs.openSync(path, "a");
  const stringify = JSON.stringify.bind(JSON);
  return {
    write: (line) => {
      node.fs.writeSync(descriptor, `${stringify(line)}\n`);
    },
  };
}
