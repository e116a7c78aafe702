#!/usr/bin/env node
// Plain JavaScript, so that a Node that is too old still reaches the message below.
import { readFileSync } from "node:fs";
import nodeModule from "node:module";

const MINIMUM = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  process.stderr.write(
    `regoose needs Node ${MINIMUM.join(".")} or newer, and this is ${process.versions.node}.\n` +
      "Install a newer Node (https://nodejs.org), or run: npx -p node@24 -p regoose regoose\n",
  );
  process.exitCode = 7;
} else if (process.argv.length === 3 && process.argv[2] === "--version") {
  // Answered here, so that asking for the version loads nothing else.
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`${manifest.version}\n`);
} else {
  nodeModule.enableCompileCache?.();
  const { main } = await import("../dist/cli/main.js");
  await main(process.argv.slice(2));
}
