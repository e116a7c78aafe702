/** One complaint of the project's type checker about a printed file. */
export interface TypeDiagnostic {
  /** Project-relative test file. */
  readonly file: string;
  /** 1-based line. */
  readonly line: number;
  readonly message: string;
}

/**
 * Type-checks printed files as the project does; answers nothing when all is well, or when the check
 * cannot be made. Never rejects but with `signal.reason`.
 */
export type TypeCheck = (
  files: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal },
) => Promise<readonly TypeDiagnostic[]>;

/**
 * Lays printed files out as the project does: project-relative path → text, all of them in one go.
 * A file that could not be formatted comes back as it was. Never rejects but with `signal.reason`.
 */
export type FormatFiles = (
  files: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal },
) => Promise<Readonly<Record<string, string>>>;
