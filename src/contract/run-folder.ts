/** File in the folder of a stored run, by which the levels of its log are changed while it goes on. */
export const LOG_LEVELS_FILE = "log-levels";

/** Folder in the work copy that holds everything a run adds to the project and writes. */
export const RUN_FOLDER = ".regoose-run";

/** Work-relative file of result lines (NDJSON of `HarnessLine`), appended while tests run. */
export const RESULT_FILE = ".regoose-run/results.ndjson";

/** Work-relative file of the summed istanbul data. */
export const COVERAGE_FILE = ".regoose-run/coverage.json";

/** Titles of clones that run a pair end with this and `b<test>`, `p<pair>` or `c<test>`. */
export const CLONE_MARK = " #regoose:";

/** Work-relative folder of TypeScript files with their types stripped, under their own paths. */
export const STRIPPED_FOLDER = ".regoose-run/stripped";
