/** How far a migration of several units has come without being applied as a whole. */
export type PartialApply = {
  readonly version: string;
  readonly runId: string;
  /** The units that are committed, as `unitInWords` says them, in their order; never empty. */
  readonly committed: readonly string[];
  /** How many units the migration has. */
  readonly units: number;
};

/** Also in messages of states, mails and a ledger's reader: a migration may have hundreds. */
const mostNamed = 10;

/** `unit 1 of 3 (line 2, one transaction)`, joined for people. */
const listed = (committed: readonly string[]) => {
  const units = committed.map((unit) => `unit ${unit}`);
  if (units.length <= mostNamed) return units.join(', ');
  return `${units.slice(0, mostNamed - 1).join(', ')}, … and ${units.length - mostNamed} more up to ${units.at(-1)}`;
};

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
