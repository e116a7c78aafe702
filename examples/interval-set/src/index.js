export { IntervalSet } from "./interval-set.js";
export { parseIntervals } from "./parse.js";
