/** One subject of the TestPilot study, at the version that stands nearest to the commit it used. */
export interface BenchPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * The 22 of TestPilot's 25 subjects that the npm registry has (gitlab-js, omnitool and spacl-core
 * have none), pinned.
 */
export const PACKAGES: readonly BenchPackage[] = [
  { name: "glob", version: "3.1.10" },
  { name: "fs-extra", version: "9.0.1" },
  { name: "graceful-fs", version: "4.1.0" },
  { name: "jsonfile", version: "6.1.0" },
  { name: "bluebird", version: "3.7.2" },
  { name: "q", version: "1.5.1" },
  { name: "rsvp", version: "4.8.5" },
  { name: "memfs", version: "3.2.0" },
  { name: "node-dir", version: "0.1.17" },
  { name: "zip-a-folder", version: "0.0.12" },
  { name: "js-sdsl", version: "4.1.5" },
  { name: "quill-delta", version: "5.0.0" },
  { name: "complex.js", version: "2.1.1" },
  { name: "pull-stream", version: "3.7.0" },
  { name: "countries-and-timezones", version: "3.3.0" },
  { name: "simple-statistics", version: "7.7.6" },
  { name: "plural", version: "1.1.0" },
  { name: "dirty", version: "1.1.3" },
  { name: "geo-point", version: "2.0.2" },
  { name: "uneval", version: "0.1.2" },
  { name: "image-downloader", version: "4.3.0" },
  { name: "crawler-url-parser", version: "2.0.5" },
];

/** A published median over TestPilot's 25 subjects, percent. Only medians are quoted, never rows. */
export interface PublishedMedian {
  readonly system: string;
  readonly statements: number;
  readonly branches: number;
}

export const PUBLISHED_MEDIANS: readonly PublishedMedian[] = [
  { system: "TestPilot (gpt-3.5-turbo)", statements: 70.2, branches: 52.8 },
  { system: "Nessie", statements: 51.3, branches: 25.6 },
];

/** The two packages that StrykerJS itself is run on. */
export const STRYKER_PACKAGES: readonly string[] = ["complex.js", "simple-statistics"];
