/**
 * Waits until every promise is settled, then answers all values or throws the first failure. Unlike
 * `Promise.all` it leaves nothing running behind the caller's back.
 */
export async function settleAll<T extends readonly unknown[]>(
  promises: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T>;
export async function settleAll<T>(promises: readonly Promise<T>[]): Promise<readonly T[]>;
export async function settleAll(promises: readonly Promise<unknown>[]): Promise<unknown> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
