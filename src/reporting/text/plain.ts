/**
 * A text of the target or a test for one terminal line: control characters, escape sequences and
 * direction marks become visible, so that no output can move the cursor or fake another line.
 */
export function toPlain(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (char) => {
    const short = SHORT[char];
    return short ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const UNSAFE =
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text cut to `width` columns with an ellipsis; counts code points, not graphemes. */
export function cutTo(text: string, width: number): string {
  const points = Array.from(text);
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** The text broken at blanks into lines of at most `width` columns. */
export function wrapTo(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}
