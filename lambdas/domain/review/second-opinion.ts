/** What another linter has found, beside our own findings: it decides nothing. */

export type SecondOpinion = {
  /** The other linter's id. */
  readonly rule: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
};
