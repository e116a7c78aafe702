// Preloaded into the built command by tests: it is killed, by the signal that nothing can answer, before it swaps the third file.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const { link } = fs;
let links = 0;
/** Each swap begins with a second name for the old file or the new; what `.regoose/` names is of the run. */
fs.link = (from, to) => {
  const isOfTree = [from, to].some((path) => !String(path).includes("/.regoose/"));
  if (isOfTree) links += 1;
  if (links === 3) process.kill(process.pid, "SIGKILL");
  return link(from, to);
};
syncBuiltinESMExports();
