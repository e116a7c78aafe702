import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import { readEnvironment } from "../../config/environment.ts";
import { Secret } from "../../kernel/secret.ts";

/** Where a server of this user listens, and what it wants to see. */
export interface Announcement {
  readonly url: string;
  readonly token: Secret;
}

const FILE = "address.json";

const fileSchema = z.object({ url: z.string(), token: z.string() });

/** The folder that was named, or the one of this user. */
export function toStateFolder(named: string | null): string {
  return named ?? join(readEnvironment().stateFolder, "regoose");
}

/**
 * Writes the address into the state folder, for the user's own eyes.
 * @returns what takes it away again
 */
export async function announceServer(
  folder: string,
  { url, token }: Announcement,
): Promise<() => Promise<void>> {
  const path = join(folder, FILE);
  // The mode counts only for a file that is new.
  await rm(path, { force: true });
  await writeFile(path, JSON.stringify({ url, token: token.reveal() }), {
    mode: 0o600,
    flag: "wx",
  });
  return () => rm(path, { force: true });
}

/** What a server said of itself in this state folder; null where there is none. */
export async function readAnnouncement(folder: string): Promise<Announcement | null> {
  try {
    const { url, token } = fileSchema.parse(JSON.parse(await readFile(join(folder, FILE), "utf8")));
    return { url, token: new Secret(token) };
  } catch {
    return null;
  }
}
