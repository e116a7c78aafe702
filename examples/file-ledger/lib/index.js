"use strict";

const { append, compact, readAll, readBalance, stream } = require("./ledger");
const { LedgerCorrupt } = require("./entry");

module.exports = { append, compact, readAll, readBalance, stream, LedgerCorrupt };
