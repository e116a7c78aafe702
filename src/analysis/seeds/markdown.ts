const OTHER_LANGUAGE =
  /^(?:sh|shell|bash|zsh|console|terminal|cmd|json5?|jsonc|html?|xml|svg|css|s[ac]ss|less|ya?ml|toml|ini|diff|patch|sql|python|py|rb|go|rust|java|c|cpp|text|txt|md|markdown|graphql|dockerfile|output|plain(?:text)?|log|csv)\b/i;
const MAX_BLOCKS = 300;
const MAX_BLOCK_LENGTH = 20_000;
const MAX_LINE = 2_000;

interface Scanned {
  readonly blocks: readonly string[];
  /** Lines outside of code blocks. */
  readonly prose: readonly string[];
}

/** Fenced and indented code blocks that may hold JavaScript (CommonMark 0.31, sections 4.4 and 4.5). */
export function codeBlocks(markdown: string): readonly string[] {
  return scan(markdown).blocks;
}

/** Calls between single backticks in prose, headings included. */
export function inlineCode(markdown: string): readonly string[] {
  return scan(markdown)
    .prose.filter((line) => line.length <= MAX_LINE)
    .flatMap((line) => [...line.matchAll(/`([^`]{3,160})`/g)].map((match) => match[1] ?? ""))
    .filter((text) => /\w\s?\(/.test(text))
    .slice(0, MAX_BLOCKS);
}

/** One pass over the lines; the text is a stranger's, so nothing here may take more than linear time. */
function scan(markdown: string): Scanned {
  const blocks: string[] = [];
  const prose: string[] = [];
  let fence: { readonly mark: string; readonly isCode: boolean; readonly lines: string[] } | null =
    null;
  let indented: string[] = [];
  let isAfterBlank = true;
  const endIndented = (): void => {
    const body = indented.join("\n");
    if (/[({=]/.test(body)) blocks.push(body);
    indented = [];
  };
  for (const line of markdown.split("\n")) {
    const mark = /^[ \t]{0,8}(`{3,}|~{3,})/.exec(line)?.[1] ?? null;
    if (fence !== null) {
      if (mark?.startsWith(fence.mark) === true) {
        if (fence.isCode) blocks.push(fence.lines.join("\n"));
        fence = null;
      } else fence.lines.push(line);
      continue;
    }
    if (mark !== null) {
      endIndented();
      const info = line.slice(line.indexOf(mark) + mark.length, 200).trim();
      const isCode = !OTHER_LANGUAGE.test(info.replace(/^\{?\.?/, ""));
      fence = { mark, isCode, lines: [] };
      continue;
    }
    const isIndented = /^(?: {4}|\t)/.test(line);
    if (isIndented && (isAfterBlank || indented.length > 0))
      indented.push(line.replace(/^(?: {4}|\t)/, ""));
    else if (line.trim() === "" && indented.length > 0) indented.push("");
    else {
      if (indented.length > 0) endIndented();
      prose.push(line);
    }
    isAfterBlank = line.trim() === "";
  }
  endIndented();
  const usable = blocks.filter((block) => block.trim() !== "" && block.length <= MAX_BLOCK_LENGTH);
  return { blocks: usable.slice(0, MAX_BLOCKS), prose };
}
