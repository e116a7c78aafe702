import type { VerifyData } from "../../app/verify.ts";
import type { CliContext } from "../context.ts";
import { createProofNotHeld } from "../errors.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle } from "./shared-flags.ts";
import type { VerifyCommandFlags } from "./verify-flags.ts";

/** `regoose verify [DIR]`. */
export async function runVerify(
  this: CliContext,
  flags: VerifyCommandFlags,
  folder?: string,
): Promise<void> {
  const style = toStyle(this, flags);
  await runCommand<VerifyData>(this, style, async () => {
    const { verify } = await import("../../app/verify.ts");
    const data = await verify(
      { clock: this.clock, version: this.version },
      {
        ...{ folder: folder ?? ".", cwd: toCwd(this, flags) },
        ...{ sandbox: flags.sandbox, testCommand: flags.testCommand },
      },
      {
        signal: this.signal,
        onLog: (text) => {
          this.writeLog(text);
        },
      },
    );
    const isHeld = data.holds === data.cards.length && data.cards.length > 0;
    return {
      data,
      failure: isHeld ? null : createProofNotHeld(data.holds, data.cards.length),
      print: () => {
        for (const card of data.cards.filter((one) => one.verdict !== "holds")) {
          this.process.stdout.write(
            `${card.verdict}: ${card.file} · ${card.fullTitle}: ${card.detail}\n`,
          );
        }
        for (const file of data.changedFiles) {
          this.process.stdout.write(`edited or gone since it was written: ${file}\n`);
        }
        for (const test of data.unproven) {
          this.process.stdout.write(`no card vouches for: ${test}\n`);
        }
        this.process.stdout.write(
          `${data.holds} of ${data.cards.length} proof cards hold (sandbox ${data.sandboxLevel})\n`,
        );
      },
    };
  });
}
