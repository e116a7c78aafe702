"use strict";
// Preloaded into every process of a measured suite: hands the counters over when the process ends.
// The functions are taken before the package under test can replace them.
const { writeFileSync } = require("node:fs");
const { pid } = process;
const { stringify } = JSON;

process.on("exit", () => {
  const coverage = globalThis.__coverage__;
  if (coverage === undefined) return;
  writeFileSync(`/work/.bench-out/coverage-${pid}.json`, stringify(coverage));
});
