import { Instrumenter } from "@stryker-mutator/instrumenter";
import type { CorpusModule } from "../../test/corpus/schema.ts";

export interface MutatedSource {
  /** The source with all mutants compiled in, each switched on by its id in the environment. */
  readonly source: string;
  readonly ids: readonly string[];
}

/** StrykerJS's own mutants of a module's source, as the corpus has it. */
export async function mutateSource({ source, truth }: CorpusModule): Promise<MutatedSource> {
  const quiet = (): void => undefined;
  const no = (): boolean => false;
  const logger = {
    ...{ trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet },
    ...{ isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no },
    ...{ isWarnEnabled: no, isErrorEnabled: no, isFatalEnabled: no },
  };
  const { files, mutants } = await new Instrumenter(logger).instrument(
    [{ name: truth.entry, content: source, mutate: true }],
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return { source: files[0]!.content, ids: mutants.map(({ id }) => id) };
}
