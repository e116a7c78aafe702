import type { Node } from "@babel/types";
import { walk } from "./syntax.ts";

const DAY_MS = 86_400_000;
/** How far from now a written instant still counts as "today": the widest pair of zones. */
const TODAY_MS = 26 * 3_600_000;

const PLACES = "home|tmp|Users|root|private/(?:tmp|var)|var/folders|work|mnt|opt|box";
const UNIX_PATH = new RegExp(`(?:^|[\\s"'\`(:=,])/(?:${PLACES})/[^\\s/]`);
/** Such a folder itself, as a whole text: in running text "/home" may be a route. */
const UNIX_FOLDER = new RegExp(`^/(?:${PLACES})/?$`);
const WINDOWS_PATH = /(?:^|[\s"'`(=,])[A-Z]:\\\w/;

/** The literal of a tree that names a place on some machine, or null. */
export function findAbsolutePath(root: Node): string | null {
  return findText(root, (text) =>
    [UNIX_PATH, UNIX_FOLDER, WINDOWS_PATH].some((one) => one.test(text)),
  );
}

/** The literal of a tree that writes the day at hand, as date or as instant, or null. */
export function findToday(root: Node, nowMs: number): string | null {
  const spellings = toSpellings(nowMs);
  const text = findText(root, (one) => spellings.some((spelling) => one.includes(spelling)));
  if (text !== null) return text;
  let instant: string | null = null;
  walk(root, (node) => {
    if (node.type === "NumericLiteral" && isNow(node.value, nowMs)) instant ??= String(node.value);
    return "go-on";
  });
  return instant;
}

function isNow(value: number, nowMs: number): boolean {
  return [value, value * 1000].some((instant) => Math.abs(instant - nowMs) < TODAY_MS);
}

/** How today is written, in any zone: the days around it that some zone has now. */
function toSpellings(nowMs: number): readonly string[] {
  const days = [nowMs - 12 * 3_600_000, nowMs, nowMs + 14 * 3_600_000];
  const spellings = days.flatMap((instant) => {
    const date = new Date(instant - (instant % DAY_MS));
    const [year = "", month = "", day = ""] = date.toISOString().slice(0, 10).split("-");
    const [, name = ""] = date.toUTCString().split(", ");
    const [dayOf = "", monthName = ""] = name.split(" ");
    const short = [Number(month), Number(day)].map(String);
    return [
      `${year}-${month}-${day}`,
      `${year}/${month}/${day}`,
      `${month}/${day}/${year}`,
      `${day}/${month}/${year}`,
      `${day}.${month}.${year}`,
      `${short.join("/")}/${year}`,
      `${dayOf} ${monthName} ${year}`,
      `${monthName} ${dayOf} ${year}`,
      `${monthName} ${String(Number(day))}, ${year}`,
    ];
  });
  return [...new Set(spellings)];
}

function findText(root: Node, isWanted: (text: string) => boolean): string | null {
  let found: string | null = null;
  walk(root, (node) => {
    const text = toText(node);
    if (found === null && text !== null && isWanted(text)) found = text;
    return found === null ? "go-on" : "skip";
  });
  return found;
}

function toText(node: Node): string | null {
  if (node.type === "StringLiteral" || node.type === "DirectiveLiteral") return node.value;
  if (node.type === "TemplateElement") return node.value.cooked ?? node.value.raw;
  if (node.type === "RegExpLiteral") return node.pattern.replaceAll("\\/", "/");
  return null;
}
