/** Writes the files that are generated from the sources; a test fails where they are stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderGeneratedFiles } from "./configuration-reference.ts";

const root = join(import.meta.dirname, "..");
for (const [path, text] of Object.entries(await renderGeneratedFiles())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`wrote ${path}\n`);
}
