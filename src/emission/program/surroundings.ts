import type { AssertionDialect, Need } from "../dialects/dialect.ts";
import type { Doc } from "../layout.ts";
import type { NameScope } from "../naming/names.ts";
import type { StatementScope } from "./print-statement.ts";

/** What a test body is printed with. */
export interface TestSurroundings {
  readonly dialect: AssertionDialect;
  readonly need: (what: Need) => void;
  readonly exportOf: StatementScope["exportOf"];
  readonly classOf: (className: string) => string | null;
  /** A fresh scope that knows the names of imports. */
  readonly createNames: () => NameScope;
  readonly isTypeScript: boolean;
  readonly fitArgument: (printed: Doc, statement: number, argument: number) => Doc;
}
