/** A line through points (0, y0), (1, y1), …: its slope and how sure that is. */
export interface Slope {
  /** Units of y a step. */
  readonly estimate: number;
  /** Upper end of the two-sided 95 % interval. */
  readonly upper: number;
}

/** z of a two-sided 95 % interval; with hundreds of points Student's t is the same. */
const Z = 1.96;

/** Ordinary least squares. @throws Error for fewer than three points */
export function fitSlope(values: readonly number[]): Slope {
  const count = values.length;
  if (count < 3) throw new Error(`a slope needs three points, not ${String(count)}`);
  const middle = (count - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  let spread = 0;
  let product = 0;
  values.forEach((value, index) => {
    spread += (index - middle) ** 2;
    product += (index - middle) * (value - mean);
  });
  const estimate = product / spread;
  const squares = values.reduce((sum, value, index) => {
    const expected = mean + estimate * (index - middle);
    return sum + (value - expected) ** 2;
  }, 0);
  const error = Math.sqrt(squares / (count - 2) / spread);
  return { estimate, upper: estimate + Z * error };
}
