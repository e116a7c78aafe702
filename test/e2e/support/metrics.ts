import { spawnSync } from "node:child_process";
import type { TestServer } from "./server.ts";

/** What a server told of itself. */
export interface Scrape {
  readonly contentType: string;
  readonly text: string;
  /** The value of one series, as printed: `name{label="value"}`; null where there is none. */
  readonly value: (series: string) => number | null;
  /** All values of a name, whatever the labels, added up. */
  readonly sum: (name: string) => number;
}

export const OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

/** Asks a server for its numbers. */
export async function scrape(
  server: Pick<TestServer, "url" | "token">,
  accept: string = OPEN_METRICS,
): Promise<Scrape> {
  const headers = { authorization: `Bearer ${server.token}`, accept };
  const response = await fetch(`${server.url}/metrics`, { headers });
  return toScrape(await response.text(), response.headers.get("content-type") ?? "");
}

export function toScrape(text: string, contentType = ""): Scrape {
  const samples = text.split("\n").flatMap((line) => {
    const fields = /^(?<series>(?<name>\w+)(?:\{[^}]*\})?) (?<value>\S+)/u.exec(line)?.groups;
    if (fields === undefined) return [];
    const { series = "", name = "", value } = fields;
    return [{ series, name, value: Number(value) }];
  });
  return {
    contentType,
    text,
    value: (series) => samples.find((sample) => sample.series === series)?.value ?? null,
    sum: (wanted) =>
      samples.filter(({ name }) => name === wanted).reduce((sum, { value }) => sum + value, 0),
  };
}

/** True where promtool of Debian's `prometheus` is installed. In CI it must be. */
export function hasPromtool(): boolean {
  if (process.env["CI"] === "true") return true;
  return spawnSync("promtool", ["--version"]).status === 0;
}
