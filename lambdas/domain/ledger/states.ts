/** The states of a version: what each means, whether the next migration is refused meanwhile, and what a person does. */

type StateRow = {
  /** Completes "<file> …". */
  readonly means: string;
  /** True while nobody may build on it: every other migration is refused. */
  readonly isUnresolved: boolean;
  /** True where a start of the same migrations ends well. */
  readonly isGoodEnd: boolean;
  /** What a person does, one sentence without its full stop. */
  readonly remedy: string;
  /** The states that it may be recorded after: a state that is written late or twice must not hide a later one. */
  readonly after: readonly (LedgerState | 'nothing')[];
};

export type LedgerState =
  | 'adopted'
  | 'being prepared'
  | 'applied'
  | 'partly applied'
  | 'signed off'
  | 'demonstrated'
  /** By a rollback of which no end is recorded: it goes on, or nobody knows how far it came. */
  | 'being rolled back'
  | 'rolled back'
  | 'rolled back, and differs'
  | 'stands after a failed rollback'
  | 'stands by decision'
  | 'stands without a sign-off'
  | 'settled as standing'
  | 'settled as rolled back'
  | 'unknown: applied by an earlier version';

const settle = 'look at the target, then say what holds: npm run settle';

const applied: readonly (LedgerState | 'nothing')[] = ['nothing', 'being prepared', 'applied', 'partly applied'];
const standing: readonly (LedgerState | 'nothing')[] = [
  ...applied,
  'stands after a failed rollback',
  'stands by decision',
  'stands without a sign-off',
];
/** A version that stands may be taken back at any time later. */
const beforeBeginning: readonly (LedgerState | 'nothing')[] = [
  ...standing,
  'signed off',
  'demonstrated',
  'adopted',
  'settled as standing',
  'unknown: applied by an earlier version',
];
const beforeRollback: readonly (LedgerState | 'nothing')[] = [...beforeBeginning, 'being rolled back'];
const beforeSettling: readonly (LedgerState | 'nothing')[] = [
  ...standing,
  'being rolled back',
  'rolled back',
  'rolled back, and differs',
  'unknown: applied by an earlier version',
  'adopted',
  // A person may have erred.
  'settled as standing',
  'settled as rolled back',
];

export const ledgerStates: Readonly<Record<LedgerState, StateRow>> = {
  adopted: {
    means: 'was applied before this checklist came to the database, and is adopted',
    isUnresolved: false,
    isGoodEnd: true,
    remedy: 'nothing is left to do',
    after: ['nothing'],
  },
  'being prepared': {
    means: 'is being prepared; nothing of it is applied',
    isUnresolved: false,
    isGoodEnd: false,
    remedy: 'wait for its run, or start again when that has ended',
    after: ['nothing'],
  },
  applied: {
    means: 'is applied and not signed off',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `wait while its run goes on; when that has ended, ${settle}`,
    after: applied,
  },
  'partly applied': {
    means: 'is partly applied',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `wait while its run goes on; when that has ended, take back or complete what stands, then say so: npm run settle`,
    after: applied,
  },
  'signed off': {
    means: 'is signed off',
    isUnresolved: false,
    isGoodEnd: true,
    remedy: 'nothing is left to do',
    after: applied,
  },
  demonstrated: {
    means: 'is applied as a demonstration: with --yes nobody looked',
    isUnresolved: false,
    isGoodEnd: true,
    remedy: 'nothing is left to do where it was meant as one; otherwise settle it: npm run settle',
    after: applied,
  },
  'being rolled back': {
    means: 'is being rolled back, and no end of that is recorded',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `wait while its rollback goes on; when that has ended, ask for it again, or ${settle}`,
    after: beforeBeginning,
  },
  'rolled back': {
    means: 'was rolled back',
    isUnresolved: false,
    isGoodEnd: false,
    remedy: 'write a new migration with a higher version; acknowledge this one with npm run settle -- --as rolled-back',
    after: beforeRollback,
  },
  'rolled back, and differs': {
    means: 'was rolled back, and the schema is not the one from before it',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `remove what is left or restore what is missing, then say so: npm run settle`,
    after: ['rolled back'],
  },
  'stands after a failed rollback': {
    means: 'stands after a failed rollback',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `roll it back by hand or keep it, ${settle}`,
    after: beforeRollback,
  },
  'stands by decision': {
    means: 'stands because its rollback was not approved',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `roll it back by hand or keep it, ${settle}`,
    after: standing,
  },
  'stands without a sign-off': {
    means: 'stands without a sign-off',
    isUnresolved: true,
    isGoodEnd: false,
    remedy: `roll it back by hand or keep it, ${settle}`,
    after: standing,
  },
  'settled as standing': {
    means: 'stands, as a person settled it',
    isUnresolved: false,
    isGoodEnd: true,
    remedy: 'nothing is left to do',
    after: beforeSettling,
  },
  'settled as rolled back': {
    means: 'is rolled back, as a person settled it',
    isUnresolved: false,
    isGoodEnd: true,
    remedy: 'nothing is left to do; a correction is a new migration with a higher version',
    after: beforeSettling,
  },
  'unknown: applied by an earlier version': {
    means:
      'was applied by an earlier version of migration-checklist, whose ledger did not say whether it was signed off',
    isUnresolved: false,
    isGoodEnd: true,
    remedy: 'look at the report of its run; settle it with npm run settle if it was not signed off',
    after: [],
  },
};

/** What the ledger says of a version, by the database's clock. */
export type StateRecord = {
  readonly state: LedgerState;
  /** One sentence; empty where the state says it all. */
  readonly reason: string;
  /** A person, or the run that came to this state. */
  readonly by: string;
  /** ISO 8601. */
  readonly since: string;
};

export const isUnresolved = ({ state }: Pick<StateRecord, 'state'>): boolean => ledgerStates[state].isUnresolved;

/** "002_add_rank.sql stands after a failed rollback, since …, run …: reason", without a full stop. */
export const stateInWords = (migration: string, runId: string, { state, reason, since }: StateRecord): string =>
  `${migration} ${ledgerStates[state].means}, since ${since}, run ${runId}${reason === '' ? '' : `: ${reason.trim().replace(/\.$/, '')}`}`;
