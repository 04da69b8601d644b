/** How far a migration of several units has come without being applied as a whole. */
export type PartialApply = {
  readonly version: string;
  readonly runId: string;
  /** The units that are committed, as `unitInWords` says them, in their order; never empty. */
  readonly committed: readonly string[];
  /** How many units the migration has. */
  readonly units: number;
};

/** `unit 1 of 3 (line 2, one transaction)`, joined for people. */
const listed = (committed: readonly string[]) => committed.map((unit) => `unit ${unit}`).join(', ');

/** What stands, as a clause. */
export const progressInWords = ({ committed, units }: PartialApply): string =>
  committed.length < units
    ? `partly applied: ${listed(committed)} ${committed.length === 1 ? 'is' : 'are'} committed`
    : `committed in all ${units} units, but without its row in the ledger`;

/** What had been committed, as a clause that is true whatever became of it later. */
export const committedInWords = ({ committed, units }: PartialApply): string =>
  committed.length < units
    ? `partly applied: ${listed(committed)} ${committed.length === 1 ? 'was' : 'were'} committed`
    : `committed in all ${units} units, but without its row in the ledger`;
