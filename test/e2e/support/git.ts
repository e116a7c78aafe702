import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs git in a folder, with nobody's own configuration. */
export async function git(root: string, ...args: readonly string[]): Promise<void> {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  await promisify(execFile)("git", ["-C", root, ...args], { env });
}

/** Commits one path. */
export async function commit(root: string, path: string, subject: string): Promise<void> {
  await git(root, "add", path);
  const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
  await git(root, ...author, "commit", "--quiet", "-m", subject);
}
