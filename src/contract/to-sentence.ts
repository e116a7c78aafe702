import { LADDERS, type Rung } from "./ladders.ts";

type Ladders = typeof LADDERS;
type RungsOf<Ladder> = Ladder extends Ladder ? keyof Ladder : never;
/** The rung of that name, whichever ladder it belongs to. */
type RungNamed<Id> = {
  [Name in keyof Ladders]: Id extends keyof Ladders[Name] ? Ladders[Name][Id] : never;
}[keyof Ladders];
type FactNames<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | FactNames<Rest>
  : never;

/** Names one rung of one ladder. */
export type RungId = RungsOf<Ladders[keyof Ladders]>;

/** The facts that the sentence of a rung has places for. */
export type RungFacts<Id extends RungId> = Readonly<
  Record<FactNames<RungNamed<Id> extends Rung ? RungNamed<Id>["says"] : never>, string | number>
>;

/** Every rung by its name. */
export const RUNGS: Readonly<Record<RungId, Rung>> = Object.assign(
  {},
  ...Object.values<Readonly<Record<string, Rung>>>(LADDERS),
) as Readonly<Record<RungId, Rung>>;

/** What the report says of a step down. */
export function toSentence<Id extends RungId>(id: Id, facts: RungFacts<Id>): string {
  const known: Readonly<Record<string, string | number>> = facts;
  // In one pass, so that braces in a fact stay what they are.
  return RUNGS[id].says.replace(/\{(\w+)\}/gu, (place, name: string) =>
    String(known[name] ?? place),
  );
}

/** True for what {@link toSentence} makes of the rung, whatever its facts. */
export function isSentenceOf(id: RungId, sentence: string): boolean {
  const parts = RUNGS[id].says
    .split(/\{\w+\}/u)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(sentence);
}
