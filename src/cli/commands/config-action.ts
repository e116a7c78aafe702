import type { ConfigRequest } from "../../app/config/print-config.ts";
import type { CliContext } from "../context.ts";
import { createNotReady } from "../errors.ts";
import type {
  ConfigCommandFlags,
  ConfigMigrateFlags,
  ConfigPrintFlags,
  ConfigValidateFlags,
} from "./config-flags.ts";
import { printChecks } from "./print-checks.ts";
import { type CommandAnswer, runCommand } from "./run-command.ts";
import { toTypedSettings } from "./setting-flags.ts";
import { type SharedFlags, toCwd, toStyle } from "./shared-flags.ts";

/** `regoose config print`. */
export async function runConfigPrint(this: CliContext, flags: ConfigPrintFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { printConfig } = await import("../../app/config/print-config.ts");
    const request = { ...toRequest(this, flags), flags: toTypedSettings(flags) };
    const { data, text } = await printConfig(request, { withOrigin: flags.origin });
    return answer(data, () => {
      this.process.stdout.write(text);
      for (const line of [...data.degradations, ...data.notes])
        this.process.stderr.write(`note: ${line}\n`);
    });
  });
}

/** `regoose config explain KEY`. */
export async function runConfigExplain(
  this: CliContext,
  flags: ConfigCommandFlags,
  key: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { explainKey } = await import("../../app/config/explain-key.ts");
    const { data, text } = await explainKey(toRequest(this, flags), key);
    return answer(data, () => {
      this.process.stdout.write(text);
    });
  });
}

/** `regoose config validate [FILE]`. */
export async function runConfigValidate(
  this: CliContext,
  flags: ConfigValidateFlags,
  file?: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { validateConfig } = await import("../../app/config/validate-config.ts");
    const { formatProblem } = await import("../../config/errors.ts");
    const thorough = flags.check ? { clock: this.clock, signal: this.signal } : null;
    const { data, invalid } = await validateConfig(toRequest(this, flags), { file, thorough });
    const failed = data.checks.filter(({ status }) => status === "problem").map(({ name }) => name);
    return {
      data,
      failure: invalid ?? (failed.length === 0 ? null : createNotReady(failed)),
      print: () => {
        for (const problem of data.problems)
          this.process.stdout.write(`${formatProblem(problem)}\n`);
        for (const line of data.ignored) this.process.stdout.write(`ignored: ${line}\n`);
        printChecks(this.process, data.checks);
        if (data.valid) this.process.stdout.write(toSummary(data.files));
      },
    };
  });
}

function toSummary(files: readonly string[]): string {
  return files.length === 0 ? "valid: no file, defaults count\n" : `valid: ${files.join(", ")}\n`;
}

/** `regoose config diff A B`. */
export async function runConfigDiff(
  this: CliContext,
  flags: SharedFlags,
  left: string,
  right: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { diffConfig } = await import("../../app/config/diff-config.ts");
    const { data, text } = await diffConfig(toRequest(this, flags), left, right);
    return answer(data, () => {
      this.process.stdout.write(text);
    });
  });
}

/** `regoose config schema`. */
export async function runConfigSchema(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { toConfigJsonSchema } = await import("../../config/schema.ts");
    const schema = toConfigJsonSchema();
    return answer({ schema }, () => {
      this.process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
  });
}

/** `regoose config migrate [FILE]`. */
export async function runConfigMigrate(
  this: CliContext,
  flags: ConfigMigrateFlags,
  file?: string,
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { migrateConfig } = await import("../../app/config/migrate-config.ts");
    const data = await migrateConfig({ cwd: toCwd(this, flags), file, isWanted: flags.yes });
    const said = {
      current: `${data.file} is up to date\n`,
      pending: "nothing was written; `regoose config migrate --yes` writes this\n",
      written: `wrote ${data.file}\n`,
    };
    return answer(data, () => {
      for (const line of data.diff) this.process.stdout.write(`${line}\n`);
      this.process.stderr.write(said[data.outcome]);
    });
  });
}

function toRequest(context: CliContext, flags: ConfigCommandFlags): ConfigRequest {
  return { cwd: toCwd(context, flags), flags: {}, profile: flags.profile };
}

function answer<T extends object>(data: T, print: () => void): CommandAnswer<T> {
  return { data, failure: null, print };
}
