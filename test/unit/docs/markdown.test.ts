import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Application } from "@stricli/core";
import { proposeCompletions } from "@stricli/core";
import { describe, expect, test } from "vitest";
import { createApplication } from "../../../src/cli/application.ts";
import type { CliContext } from "../../../src/cli/context.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const SCRIPTS = (
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  }
).scripts;

const FILES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...["docs", "examples", "bench"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".md") && !/node_modules|results/u.test(path))
      .map((path) => join(folder, path)),
  ),
].sort();

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

describe("markdown files", () => {
  test("are found", () => {
    expect(FILES).toEqual(
      expect.arrayContaining(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/errors.md"]),
    );
  });

  test("link to what is there", () => {
    expect(findAll((file) => toLinks(read(file)).filter((link) => !isThere(file, link)))).toEqual(
      [],
    );
  });

  test("name npm scripts that exist", () => {
    const wrong = findAll((file) =>
      [...read(file).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/gu)]
        .map(([, script]) => script ?? "")
        .filter((script) => !(script in SCRIPTS)),
    );
    expect(wrong).toEqual([]);
  });

  test("name folders and files that exist", () => {
    const wrong = findAll((file) =>
      [...read(file).matchAll(/`((?:src|test|bin|scripts|docs|bench)\/[\w./-]+)`/gu)]
        .map(([, path]) => path ?? "")
        .filter((path) => !existsSync(join(ROOT, path))),
    );
    expect(wrong).toEqual([]);
  });
});

describe("README.md", () => {
  const text = read("README.md");

  test("starts with the two lines that are all the set-up", () => {
    const lines = text.split("\n").map((line) => line.replace(/ +#.*$/u, "").trim());
    expect(lines).toContain("npm ci && npm run demo");
    expect(lines).toContain("npm ci && npm test");
  });

  test("names commands that exist, and each that exists", async () => {
    const known = await complete([""]);
    const named = new Set(
      [...text.matchAll(/(?:`|\$ )regoose ([a-z]+(?:-[a-z]+)*)/gu)].map(
        ([, command]) => command ?? "",
      ),
    );
    expect([...named].filter((command) => !known.includes(command))).toEqual([]);
    expect(known.filter((command) => !named.has(command) && command !== "health")).toEqual([]);
  });

  test("lists flags of generate that exist, and each that exists", async () => {
    const known = (await complete(["generate", "--"])).filter((flag) => flag.length > 2);
    const named = new Set(text.match(/--[a-z]+(?:-[a-z]+)*/gu) ?? []);
    expect(known.length).toBeGreaterThan(10);
    expect(known.filter((flag) => !named.has(flag))).toEqual([]);
    const rows = text.split("\n").filter((line) => line.startsWith("| `--"));
    const listed = rows.flatMap((row) => row.split("|")[1]?.match(/--[a-z-]+/gu) ?? []);
    expect(listed.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test("keeps the place of the measured results", () => {
    expect(text).toMatch(/^<!-- results:start -->\n[^]*\|[^]*\n<!-- results:end -->$/mu);
  });
});

describe("ARCHITECTURE.md", () => {
  const text = read("ARCHITECTURE.md");

  test("fits in 200 lines", () => {
    expect(text.split("\n").length).toBeLessThanOrEqual(200);
  });

  test("has a row for each folder of the sources, and no other", () => {
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const rows = [...text.matchAll(/^\| `([a-z]+)\/`/gmu)].map(([, folder]) => folder);
    expect(rows.toSorted()).toEqual(folders.toSorted());
  });

  test("traces files that exist", () => {
    const names = new Set(
      ["src", "bin"].flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) =>
          join(folder, path),
        ),
      ),
    );
    const traced = [...text.matchAll(/`([\w/-]+\.(?:ts|js))`/gu)].map(([, path]) => path ?? "");
    expect(traced.length).toBeGreaterThan(40);
    const isKnown = (path: string): boolean =>
      [...names].some((name) => name === path || name.endsWith(`/${path}`));
    expect(traced.filter((path) => !isKnown(path))).toEqual([]);
  });
});

test("docs/adr/README.md lists each record with its title", () => {
  const records = readdirSync(join(ROOT, "docs", "adr")).filter((name) => /^\d{4}-/u.test(name));
  const rows = read("docs/adr/README.md").replaceAll(/ {2,}/gu, " ");
  for (const name of records) {
    const number = name.slice(0, 4);
    const title = /^# \d{4} (.+)$/mu.exec(read(`docs/adr/${name}`))?.[1] ?? "no title";
    expect(rows).toContain(`| [${number}](${name}) | ${title} |`);
  }
});

/** What a check finds in any of the files, each with its place. */
function findAll(check: (file: string) => readonly string[]): readonly string[] {
  return FILES.flatMap((file) => check(file).map((problem) => `${file}: ${problem}`));
}

/** Targets of inline links outside code. */
function toLinks(text: string): readonly string[] {
  const prose = text.replaceAll(/^```[^]*?^```$/gmu, "").replaceAll(/`[^`\n]*`/gu, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target]) => target ?? "");
}

function isThere(file: string, link: string): boolean {
  if (/^[a-z]+:/u.test(link)) return true;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(ROOT, file) : resolve(ROOT, dirname(file), path);
  if (relative(ROOT, target).startsWith("..") || !existsSync(target)) return false;
  return anchor === undefined || (statSync(target).isFile() && toAnchors(target).includes(anchor));
}

/** Anchors as GitHub makes them of headings, and those set by hand. */
function toAnchors(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  const headings = [...text.matchAll(/^#+ (.+)$/gmu)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/gu)].map(([, id]) => id ?? "")];
}

async function complete(words: readonly string[]): Promise<readonly string[]> {
  const application: Application<CliContext> = createApplication("0.0.0");
  const found = await proposeCompletions(application, words, {
    process: { stdout: { write: () => undefined }, stderr: { write: () => undefined } },
  } as unknown as CliContext);
  return found.map((one) => one.completion);
}
