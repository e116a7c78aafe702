import type { Fault } from "./fault.ts";
import { HOST_FAULTS, HOST_RESERVE } from "./faults-host.ts";
import { LOAD_FAULTS, LOAD_RESERVE } from "./faults-load.ts";
import { SEARCH_FAULTS } from "./faults-search.ts";
import { STOP_FAULTS, STOP_RESERVE } from "./faults-stop.ts";
import { SUITE_FAULTS, SUITE_RESERVE } from "./faults-suite.ts";

/**
 * In this order the first 40 that count are measured. A fault counts where the command made a run and did not end
 * with plain success; the reserve takes the place of those that did not.
 */
export const FAULTS: readonly Fault[] = [
  ...[...LOAD_FAULTS, ...SUITE_FAULTS, ...SEARCH_FAULTS, ...HOST_FAULTS, ...STOP_FAULTS],
  ...[...STOP_RESERVE, ...HOST_RESERVE, ...SUITE_RESERVE, ...LOAD_RESERVE],
];
