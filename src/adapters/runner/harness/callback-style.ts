/** Calls a body that takes a `done` callback, as a promise of the call of `done`. */
export function runWithDone(start: (done: (failure?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    start((failure) => {
      if (failure === undefined || failure === null) resolve();
      // The test's own reason goes through as it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      else reject(failure);
    });
  });
}
