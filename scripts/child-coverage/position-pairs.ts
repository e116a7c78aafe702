/** A place in a source and where the compiler put it; offsets in UTF-16 units. */
export interface PositionPair {
  readonly source: number;
  readonly compiled: number;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Reads the `mappings` of a source map with one source (Source Map Revision 3, "Proposed Format"),
 * sorted by source.
 */
export function readPositionPairs(
  mappings: string,
  source: string,
  compiled: string,
): PositionPair[] {
  const sourceLines = findLineStarts(source);
  const compiledLines = findLineStarts(compiled);
  const pairs: PositionPair[] = [];
  let sourceLine = 0;
  let sourceColumn = 0;
  for (const [line, segments] of mappings.split(";").entries()) {
    let column = 0;
    for (const segment of segments.split(",").filter((text) => text !== "")) {
      const [columnStep = 0, , lineStep, sourceColumnStep = 0] = decode(segment);
      column += columnStep;
      // A segment of one field maps to nothing.
      if (lineStep === undefined) continue;
      sourceLine += lineStep;
      sourceColumn += sourceColumnStep;
      pairs.push({
        source: (sourceLines[sourceLine] ?? 0) + sourceColumn,
        compiled: (compiledLines[line] ?? 0) + column,
      });
    }
  }
  return pairs.sort((left, right) => left.source - right.source);
}

function findLineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/gu)].map(({ index }) => index + 1)];
}

/** Base64 VLQ: five bits a digit, the lowest of the number is its sign. */
function decode(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
