import type { Language } from "../contract/language.ts";
import { toLexis } from "./syntax/lexis.ts";
import { maskText } from "./syntax/mask.ts";

/** What a module shows of itself, without a single body: signatures, doc comments, constants. */
export function toTextSurface(source: string, language: Language): string {
  const code = maskText(source, toLexis(language.name));
  switch (language.name) {
    case "python":
      return pythonSurface(source, code);
    case "go":
      return goSurface(source, code);
    default:
      return plainSurface(source, code);
  }
}

const PYTHON_HEAD = /^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)/u;

/** Public functions, classes and methods with their docstrings; see PEP 257 for where those stand. */
function pythonSurface(source: string, code: string): string {
  const lines = source.split("\n");
  const masked = code.split("\n");
  const shown: string[] = [];
  const opening = readDocstring(lines, masked, 0);
  if (opening !== null) shown.push(opening.text);
  for (let at = 0; at < masked.length; at += 1) {
    const line = masked[at] ?? "";
    const head = PYTHON_HEAD.exec(line);
    if (head === null) {
      if (/^[A-Z][A-Z0-9_]*\b[^=\n]*=[^=]/u.test(line)) shown.push(lines[at] ?? "");
      continue;
    }
    const [, indent = "", kind, name = ""] = head;
    if (indent.length > 4 || (name.startsWith("_") && name !== "__init__")) continue;
    const last = findColon(masked, at);
    shown.push(...lines.slice(at, last + 1));
    const doc = readDocstring(lines, masked, last + 1);
    if (doc !== null) shown.push(doc.text);
    if (kind === "def") shown.push(`${indent}    ...`);
    at = doc?.last ?? last;
  }
  return shown.join("\n");
}

/** The line on which a signature ends. */
function findColon(masked: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < masked.length; at += 1) {
    for (const symbol of masked[at] ?? "") {
      if ("([{".includes(symbol)) depth += 1;
      if (")]}".includes(symbol)) depth -= 1;
    }
    if (depth <= 0 && /:[ \t]*$/u.test(masked[at] ?? "")) return at;
    if (depth <= 0 && at > from + 30) break;
  }
  return from;
}

/** A string that stands alone, first thing from line `from` on. */
function readDocstring(
  lines: readonly string[],
  masked: readonly string[],
  from: number,
): { readonly text: string; readonly last: number } | null {
  let at = from;
  while (at < lines.length && /^[ \t]*(?:#.*)?$/u.test(lines[at] ?? "")) at += 1;
  const opening = /^[ \t]*[rRuU]?("""|'''|"|')/u.exec(lines[at] ?? "");
  if (opening === null || !/^[ \t]*\w?"+[ \t]*$/u.test(masked[at] ?? "")) return null;
  const [whole, mark = ""] = opening;
  let last = at;
  let rest = (lines[at] ?? "").slice(whole.length);
  while (!rest.includes(mark) && last + 1 < lines.length) {
    last += 1;
    rest = lines[last] ?? "";
  }
  return { text: lines.slice(at, last + 1).join("\n"), last };
}

/** Exported declarations with the comments right above them. */
function goSurface(source: string, code: string): string {
  const lines = source.split("\n");
  const masked = code.split("\n");
  const shown: string[] = [];
  let comment: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (/^\/\//u.test(line)) {
      comment.push(line);
      continue;
    }
    if (/^package\b/u.test(line)) shown.push(...comment, line);
    else if (/^func[ \t]+(?:\([^)]*\)[ \t]*)?[A-Z]/u.test(line))
      shown.push("", ...comment, line.replace(/[ \t]*\{.*$/u, ""));
    else if (/^(?:type|const|var)[ \t]+(?:[A-Z(])/u.test(line)) {
      const last = findClosingLine(masked, at);
      shown.push("", ...comment, ...lines.slice(at, last + 1));
      at = last;
    }
    comment = [];
  }
  return shown.join("\n").trim();
}

function findClosingLine(masked: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < masked.length; at += 1) {
    for (const symbol of masked[at] ?? "") {
      if ("({".includes(symbol)) depth += 1;
      if (")}".includes(symbol)) depth -= 1;
    }
    if (depth <= 0) return at;
  }
  return from;
}

/** Comments, and lines that look like the head of a definition. */
function plainSurface(source: string, code: string): string {
  const masked = code.split("\n");
  const head =
    /^[ \t]*(?:(?:pub|public|export|local|static|async|final|abstract)[ \t]+)*(?:sub|function|def|fn|func|fun|proc|class|module|struct|interface|trait|impl|type|enum|package|defmodule|defn)\b/u;
  const shown = source.split("\n").flatMap((line, at) => {
    const isComment = line.trim() !== "" && (masked[at] ?? "").trim() === "";
    if (isComment) return [line];
    return head.test(masked[at] ?? "") ? [line.replace(/[ \t]*\{.*$/u, "")] : [];
  });
  return shown.join("\n");
}
