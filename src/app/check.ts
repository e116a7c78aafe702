/** One line of `regoose doctor` and of `regoose config validate`. */
export interface DoctorCheck {
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  readonly detail: string;
  /** What to do; null when nothing needs doing. */
  readonly fix: string | null;
}
