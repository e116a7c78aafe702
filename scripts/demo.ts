/**
 * `npm run demo`: the main job on copies of the four packages in `examples/`: generate, verify,
 * report. No key, no network, no root, no container engine. The copies stay for you to look at.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

interface GenerateEnvelope {
  readonly ok: boolean;
  readonly data: {
    readonly suite: { readonly directory: string; readonly tests: number };
    readonly findings: readonly { readonly where: string; readonly summary: string }[];
  } | null;
  readonly error: { readonly message: string; readonly hint: string | null } | null;
}

const root = join(import.meta.dirname, "..");
const home = join(tmpdir(), `regoose-demo-${userInfo().username}`);
const startedMs = performance.now();
let failures = 0;

rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });
for (const name of listExamples()) runExample(name);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
process.stdout.write(`\ndemo finished in ${seconds} s; look at ${home}\n`);
process.exitCode = failures === 0 ? 0 : 1;

function listExamples(): readonly string[] {
  return (
    readdirSync(join(root, "examples"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      // Those in other languages want a model.
      .filter((name) => existsSync(join(root, "examples", name, "package.json")))
      .sort()
  );
}

function runExample(name: string): void {
  const folder = join(home, name);
  cpSync(join(root, "examples", name), folder, { recursive: true });
  process.stdout.write(`\n== ${name}\n`);
  const generated = regoose([
    "generate",
    "--json",
    "--seed",
    "1",
    "--max-time",
    "10s",
    "--cwd",
    folder,
  ]);
  const envelope = parseEnvelope(generated);
  if (envelope?.data == null) {
    failures += 1;
    process.stdout.write(`generate failed: ${envelope?.error?.message ?? generated}\n`);
    return;
  }
  for (const finding of envelope.data.findings) {
    process.stdout.write(`finding: ${finding.where}: ${finding.summary}\n`);
  }
  process.stdout.write(regoose(["report", "latest", "--cwd", folder]));
  process.stdout.write(regoose(["verify", "--cwd", folder]));
  writeFileSync(
    join(folder, "regoose-report.html"),
    regoose(["report", "latest", "--format", "html", "--cwd", folder]),
  );
  process.stdout.write(`page: ${join(folder, "regoose-report.html")}\n`);
}

function regoose(args: readonly string[]): string {
  const result = spawnSync(process.execPath, [join(root, "scripts", "regoose.ts"), ...args], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (result.status !== 0) {
    failures += 1;
    process.stdout.write(`regoose ${args[0] ?? ""} ended with ${String(result.status)}\n`);
  }
  return result.stdout;
}

function parseEnvelope(text: string): GenerateEnvelope | null {
  try {
    return JSON.parse(text) as GenerateEnvelope;
  } catch {
    return null;
  }
}
