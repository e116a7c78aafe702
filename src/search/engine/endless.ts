/** The program used up its fuel; more of it may help. */
export const OUT_OF_FUEL: string = "out of fuel";

/** The clock cut the program: few steps, each of them dear. */
export const OUT_OF_TIME: string = "cut by the clock";

/** Whether a program was stopped, so that what it would have done is not known. */
export function isEndless(problem: string | null): boolean {
  return problem === OUT_OF_FUEL || problem === OUT_OF_TIME;
}
