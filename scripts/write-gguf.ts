/**
 * `node scripts/write-gguf.ts FILE [PIECE ...]` writes a small GGUF that says the pieces, whatever it is asked. It is for
 * trying the machinery around llama.cpp by hand and says nothing about how good a model is.
 */
import { writeFileSync } from "node:fs";
import { toScriptedModel } from "./gguf/scripted-model.ts";

const [path, ...pieces] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: node scripts/write-gguf.ts FILE [PIECE ...]");
const bytes = toScriptedModel({
  pieces: pieces.length === 0 ? ["Hello", " from", " llama.cpp"] : pieces,
});
writeFileSync(path, bytes);
console.log(`${path}: ${bytes.length} bytes`);
