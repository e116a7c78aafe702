import { buildCommand, type Command } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { runCommand } from "./run-command.ts";
import { SHARED_FLAGS, toStyle, type SharedFlags } from "./shared-flags.ts";

type Shell = "bash" | "zsh" | "fish";

/** Each script asks the command itself (`regoose __complete WORDS…`), so that it never falls behind. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_regoose() {
  local IFS=$'\\n'
  COMPREPLY=($(regoose __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _regoose regoose
`,
  zsh: `#compdef regoose
_regoose() {
  local -a found
  found=("\${(@f)$(regoose __complete "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  compadd -- $found || _files
}
compdef _regoose regoose
`,
  fish: `complete -c regoose -a '(regoose __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

async function runCompletion(this: CliContext, flags: SharedFlags, shell: Shell): Promise<void> {
  const script = SCRIPTS[shell];
  await runCommand(this, toStyle(this, flags), () =>
    Promise.resolve({
      data: { shell, script },
      failure: null,
      print: () => {
        this.process.stdout.write(script);
      },
    }),
  );
}

function parseShell(text: string): Shell {
  if (text === "bash" || text === "zsh" || text === "fish") return text;
  throw new SyntaxError(`"${text}" is not one of bash, zsh, fish`);
}

export const completionCommand: Command<CliContext> = buildCommand<
  SharedFlags,
  [Shell],
  CliContext
>({
  func: runCompletion,
  parameters: {
    flags: { ...SHARED_FLAGS },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "bash, zsh or fish", placeholder: "SHELL", parse: parseShell }],
    },
  },
  docs: {
    brief: "Print a shell completion script",
    fullDescription:
      'bash: eval "$(regoose completion bash)"   zsh: eval "$(regoose completion zsh)"   fish: regoose completion fish | source',
  },
});
