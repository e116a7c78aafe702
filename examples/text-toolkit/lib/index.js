"use strict";

const { parseDuration, formatDuration } = require("./duration");
const { levenshtein, closest } = require("./distance");
const { slugify, titleCase } = require("./naming");
const { wordWrap, truncate } = require("./layout");

module.exports = {
  closest,
  formatDuration,
  levenshtein,
  parseDuration,
  slugify,
  titleCase,
  truncate,
  wordWrap,
};
