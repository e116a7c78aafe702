import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderGeneratedFiles } from "../../../scripts/configuration-reference.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

test("generated files are as `npm run docs` writes them", async () => {
  for (const [path, text] of Object.entries(await renderGeneratedFiles()))
    expect(readFileSync(join(ROOT, path), "utf8"), path).toBe(text);
});
