import { cancel, confirm, intro, note, outro, select, text } from "@clack/prompts";
import type { CliContext } from "../context.ts";
import { createInterrupted } from "../errors.ts";

/** One answer to choose. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** Questions in a terminal. Whoever leaves one by Ctrl-C or Escape leaves the command: it ends with RGS-1300. */
export interface Prompts {
  begin(title: string): void;
  end(line: string): void;
  show(title: string, content: string): void;
  confirm(question: string, usual: boolean): Promise<boolean>;
  select<T extends string>(question: string, choices: readonly Choice<T>[], usual?: T): Promise<T>;
  /** `check` says what is wrong with an answer, null where nothing is. */
  text(question: string, usual: string, check?: (answer: string) => string | null): Promise<string>;
}

/** Loaded only where somebody is asked something. */
export function openPrompts({ signal }: Pick<CliContext, "signal">): Prompts {
  const answered = <T extends string | boolean>(answer: T | symbol): T => {
    if (typeof answer !== "symbol") return answer;
    if (signal.aborted) throw signal.reason;
    cancel("Left. Nothing more was done.");
    throw createInterrupted("SIGINT");
  };
  return {
    begin: (title) => {
      intro(title);
    },
    end: (line) => {
      outro(line);
    },
    show: (title, content) => {
      note(content, title);
    },
    confirm: async (message, initialValue) =>
      answered<boolean>(await confirm({ message, initialValue, signal })),
    async select(message, choices, usual) {
      type Value = (typeof choices)[number]["value"];
      const options = choices.map(({ value, label, hint }) => ({
        value,
        label,
        ...(hint === undefined ? {} : { hint }),
      }));
      const initial = usual === undefined ? {} : { initialValue: usual as string };
      return answered<string>(
        await select<string>({ message, options, ...initial, signal }),
      ) as Value;
    },
    async text(message, usual, check = () => null) {
      const answer = answered<string>(
        await text({
          message,
          placeholder: usual,
          defaultValue: usual,
          validate: (value) =>
            check(value === undefined || value === "" ? usual : value) ?? undefined,
          signal,
        }),
      );
      return answer.trim();
    },
  };
}
