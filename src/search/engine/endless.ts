/** The program used up its fuel; more of it may help. */
export const OUT_OF_FUEL: string = "out of fuel";

/** The clock cut the program: few steps, each of them dear. */
export const OUT_OF_TIME: string = "cut by the clock";

/** The program holds a call that hung or crashed a process, and was not run. */
export const HUNG_BEFORE: string = "hung before";

/** An error escaped outside any statement; its name and message follow. */
export const STRAY_PREFIX: string = "error outside any statement: ";

/** Whether a program was stopped, so that what it would have done is not known. */
export function isEndless(problem: string | null): boolean {
  return problem === OUT_OF_FUEL || problem === OUT_OF_TIME;
}
