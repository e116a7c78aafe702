/** A copy of `items` in an order that `seed` and `label` fix (mulberry32, Fisher–Yates). */
export function toSeededOrder<T>(items: readonly T[], seed: number, label: string): T[] {
  let state = seed | 0;
  for (let index = 0; index < label.length; index += 1) {
    state = Math.imul(state ^ label.charCodeAt(index), 0x01000193);
  }
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const copy = [...items];
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = Math.floor(next() * (index + 1));
    const held = copy[index] as T;
    copy[index] = copy[other] as T;
    copy[other] = held;
  }
  return copy;
}
