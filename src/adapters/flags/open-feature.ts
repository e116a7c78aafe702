import {
  ErrorCode,
  OpenFeature,
  StandardResolutionReasons,
  type EvaluationContext,
  type EvaluationDetails,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from "@openfeature/server-sdk";

import type { FlagEvaluation, FlagName, FlagValue } from "../../contract/feature-flags.ts";
import { decideFlag, type FlagDefinition, type FlagSubject } from "./decide-flag.ts";

/** Everything that the flags of one run follow from. */
export interface FlagQuestion {
  readonly definitions: Readonly<Record<FlagName, FlagDefinition>>;
  readonly defaults: Readonly<Record<FlagName, FlagValue>>;
  readonly subject: FlagSubject;
}

/**
 * Evaluates every flag through OpenFeature, in process. A flag that cannot be evaluated has its default and the
 * reason `ERROR`.
 */
export async function evaluateFlags(question: FlagQuestion): Promise<readonly FlagEvaluation[]> {
  const source = await bindProvider();
  const id = source.ask(question);
  try {
    const client = OpenFeature.getClient(DOMAIN);
    const { attributes, projectKey } = question.subject;
    const context = { ...attributes, targetingKey: projectKey, [QUESTION]: id };
    const names = Object.keys(question.definitions) as FlagName[];
    return await Promise.all(
      names.map(async (flag) => {
        const standard = question.defaults[flag];
        const details: EvaluationDetails<FlagValue> =
          typeof standard === "boolean"
            ? await client.getBooleanDetails(flag, standard, context)
            : ((await client.getStringDetails(
                flag,
                standard,
                context,
              )) as EvaluationDetails<FlagValue>);
        return toEvaluation(flag, details);
      }),
    );
  } finally {
    source.forget(id);
  }
}

/** A host application may use OpenFeature itself: this name keeps its providers and ours apart. */
const DOMAIN = "regoose";
/** The attribute by which our provider finds the question: the API has room for one provider a domain. */
const QUESTION = "regoose.question";

let provider: QuestionProvider | null = null;

async function bindProvider(): Promise<QuestionProvider> {
  provider ??= new QuestionProvider();
  // A host application may have cleared all providers since.
  if (OpenFeature.getProvider(DOMAIN) !== provider)
    await OpenFeature.setProviderAndWait(DOMAIN, provider);
  return provider;
}

/** Resolves flags from the question that the context names, so that runs side by side do not meet. */
class QuestionProvider implements Provider {
  readonly metadata = { name: "regoose-configuration" } as const;
  readonly runsOn = "server";
  readonly #questions = new Map<string, FlagQuestion>();
  #last = 0;

  ask(question: FlagQuestion): string {
    this.#last += 1;
    const id = String(this.#last);
    this.#questions.set(id, question);
    return id;
  }

  forget(id: string): void {
    this.#questions.delete(id);
  }

  resolveBooleanEvaluation(
    flag: string,
    standard: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(this.#resolve(flag, standard, context, "boolean"));
  }

  resolveStringEvaluation(
    flag: string,
    standard: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.#resolve(flag, standard, context, "string"));
  }

  resolveNumberEvaluation(_flag: string, standard: number): Promise<ResolutionDetails<number>> {
    return Promise.resolve(toMismatch(standard));
  }

  resolveObjectEvaluation<T extends JsonValue>(
    _flag: string,
    standard: T,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(toMismatch(standard));
  }

  #resolve<T extends string | boolean>(
    flag: string,
    standard: T,
    context: EvaluationContext,
    type: "string" | "boolean",
  ): ResolutionDetails<T> {
    const id = context[QUESTION];
    const question = typeof id === "string" ? this.#questions.get(id) : undefined;
    const definition = question?.definitions[flag as FlagName];
    if (question === undefined || definition === undefined) {
      return {
        value: standard,
        reason: StandardResolutionReasons.ERROR,
        errorCode: ErrorCode.FLAG_NOT_FOUND,
      };
    }
    const decision = decideFlag(flag as FlagName, definition, question.subject);
    if (decision === null) return { value: standard, reason: StandardResolutionReasons.DEFAULT };
    const { value, reason, experiment } = decision;
    if (typeof value !== type) return toMismatch(standard);
    return {
      value: value as T,
      variant: String(value),
      reason,
      flagMetadata: experiment === null ? {} : { experiment },
    };
  }
}

function toMismatch<T>(standard: T): ResolutionDetails<T> {
  return {
    value: standard,
    reason: StandardResolutionReasons.ERROR,
    errorCode: ErrorCode.TYPE_MISMATCH,
  };
}

function toEvaluation(
  flag: FlagName,
  { value, reason, flagMetadata }: EvaluationDetails<FlagValue>,
): FlagEvaluation {
  const experiment = flagMetadata["experiment"];
  return {
    flag,
    value,
    reason: reason ?? "UNKNOWN",
    experiment: typeof experiment === "string" ? experiment : null,
  };
}
