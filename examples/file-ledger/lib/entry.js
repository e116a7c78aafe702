"use strict";

/**
 * One movement on one account.
 *
 * @typedef {{ account: string, amount: number, note?: string }} Entry
 */

/** A line of the file is no entry; `line` counts from 1. */
class LedgerCorrupt extends Error {
  /**
   * @param {number} line
   * @param {string} reason
   */
  constructor(line, reason) {
    super(`line ${line} of the ledger ${reason}`);
    this.name = "LedgerCorrupt";
    this.line = line;
  }
}

/**
 * @param {unknown} value
 * @returns {string | null} what is wrong with it, or null when it is an entry
 */
function findProblem(value) {
  if (typeof value !== "object" || value === null) return "is no object";
  if (typeof value.account !== "string" || value.account === "") return "names no account";
  if (!Number.isFinite(value.amount)) return "has no finite amount";
  if (value.note !== undefined && typeof value.note !== "string")
    return "has a note that is no text";
  return null;
}

/**
 * @param {Entry} entry
 * @returns {string} one line without its line break
 */
function toLine({ account, amount, note }) {
  return JSON.stringify(note === undefined ? { account, amount } : { account, amount, note });
}

/**
 * @param {string} text
 * @param {number} line
 * @returns {Entry}
 */
function fromLine(text, line) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LedgerCorrupt(line, "is no JSON");
  }
  const problem = findProblem(value);
  if (problem !== null) throw new LedgerCorrupt(line, problem);
  return value;
}

module.exports = { LedgerCorrupt, findProblem, fromLine, toLine };
