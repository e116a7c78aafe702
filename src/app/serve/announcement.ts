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
/** The token alone, as Prometheus wants it (`credentials_file`). */
const TOKEN_FILE = "token";

const fileSchema = z.object({ url: z.string(), token: z.string() });

/** The folder that was named, or the one of this user. */
export function toStateFolder(named: string | null): string {
  return named ?? join(readEnvironment().stateFolder, "regoose");
}

/**
 * Writes address and token into the state folder, for the user's own eyes.
 * @returns what takes it away again
 */
export async function announceServer(
  folder: string,
  { url, token }: Announcement,
): Promise<() => Promise<void>> {
  const texts = {
    [FILE]: JSON.stringify({ url, token: token.reveal() }),
    [TOKEN_FILE]: token.reveal(),
  };
  const remove = async (): Promise<void> => {
    for (const name of Object.keys(texts)) await rm(join(folder, name), { force: true });
  };
  // The mode counts only for a file that is new.
  await remove();
  for (const [name, text] of Object.entries(texts))
    await writeFile(join(folder, name), text, { mode: 0o600, flag: "wx" });
  return remove;
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
