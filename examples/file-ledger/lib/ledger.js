"use strict";

const { createReadStream } = require("node:fs");
const { appendFile, readFile, rename, writeFile } = require("node:fs/promises");

const { findProblem, fromLine, toLine } = require("./entry");

/**
 * Every function takes a Node-style callback as last argument, or returns a promise without one.
 * Both fail with the file system's own error, or with `LedgerCorrupt`; `compact` also with a
 * `RangeError` when a balance is no finite number any more.
 *
 * @template T
 * @typedef {(error: Error | null, value?: T) => void} Callback
 */

/**
 * Adds one entry at the end; the file is made when it is missing.
 *
 * @param {string} path
 * @param {import("./entry").Entry} entry
 * @param {Callback<void>} [callback]
 * @returns {Promise<void> | void}
 * @throws {TypeError} when the entry has no account or no finite amount
 */
function append(path, entry, callback) {
  const problem = findProblem(entry);
  if (problem !== null) throw new TypeError(`the entry ${problem}`);
  return settle(appendFile(path, `${toLine(entry)}\n`), callback);
}

/**
 * Reads all entries, oldest first; a missing file holds none.
 *
 * @param {string} path
 * @param {Callback<import("./entry").Entry[]>} [callback]
 * @returns {Promise<import("./entry").Entry[]> | void}
 */
function readAll(path, callback) {
  return settle(readEntries(path), callback);
}

/**
 * The sum of all amounts of an account.
 *
 * @param {string} path
 * @param {string} account
 * @param {Callback<number>} [callback]
 * @returns {Promise<number> | void}
 */
function readBalance(path, account, callback) {
  const balance = readEntries(path).then((entries) =>
    entries
      .filter((entry) => entry.account === account)
      .reduce((total, entry) => total + entry.amount, 0),
  );
  return settle(balance, callback);
}

/**
 * Rewrites the file with one entry an account, accounts by name; those at zero are dropped. The old
 * file stays until the new one is complete. A missing file becomes an empty one.
 *
 * @param {string} path
 * @param {Callback<number>} [callback] receives how many lines were saved
 * @returns {Promise<number> | void}
 */
function compact(path, callback) {
  return settle(rewrite(path), callback);
}

/**
 * Reads entry by entry, for files that do not fit in memory.
 *
 * @param {string} path
 * @returns {AsyncGenerator<import("./entry").Entry>}
 */
async function* stream(path) {
  let line = 0;
  let rest = "";
  for await (const chunk of createReadStream(path, "utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const text of lines) {
      line += 1;
      if (text.trim() !== "") yield fromLine(text, line);
    }
  }
  if (rest.trim() !== "") yield fromLine(rest, line + 1);
}

async function readEntries(path) {
  const text = await readIfPresent(path);
  return text
    .split(/\r?\n/)
    .map((line, index) => (line.trim() === "" ? null : fromLine(line, index + 1)))
    .filter((entry) => entry !== null);
}

async function readIfPresent(path) {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

async function rewrite(path) {
  const entries = await readEntries(path);
  const totals = new Map();
  for (const { account, amount } of entries) {
    totals.set(account, (totals.get(account) ?? 0) + amount);
  }
  for (const [account, amount] of totals) {
    if (!Number.isFinite(amount)) throw new RangeError(`the balance of ${account} is too large`);
  }
  const kept = [...totals].filter(([, amount]) => amount !== 0);
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  const content = kept.map(([account, amount]) => `${toLine({ account, amount })}\n`).join("");
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
  return entries.length - kept.length;
}

function settle(promise, callback) {
  if (callback === undefined) return promise;
  promise.then(
    (value) => callback(null, value),
    (error) => callback(error),
  );
}

module.exports = { append, compact, readAll, readBalance, stream };
