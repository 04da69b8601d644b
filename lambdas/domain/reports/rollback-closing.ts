/** How a rollback ended that was asked for, in one name and a few sentences that say what to do. */
import { type AgainOutcome, againInWords, type Closing, messageOf, type RollbackOutcome } from './closing';
import { asSentence } from './sentence';

type Ending = {
  /** In the order in which they are taken back; the last one is the one that was asked for. */
  readonly versions: readonly { readonly migration: string }[];
  readonly decision: { readonly decision: string; readonly by: string; readonly reason: string } | null;
  /** Why it was asked for, or what failed before anybody was asked. */
  readonly failure: {
    readonly state: string;
    readonly error: string;
    readonly cause: string;
    readonly committed: boolean;
  } | null;
  readonly rollback: {
    readonly outcome: RollbackOutcome;
    readonly error?: string;
    readonly cause?: string;
    /** Of one that failed for its locks. */
    readonly again?: AgainOutcome;
  } | null;
  /** What the rollback left although it is in order, one line each. */
  readonly remaining: readonly string[];
  /** What a person can do instead, as a sentence; left out where it is not known. */
  readonly instead?: string;
};

const takenBackName = 'RolledBack';

/** True where all versions are rolled back and the schema is the one from before. */
export const isTakenBack = ({ error }: Pick<Closing, 'error'>): boolean => error === takenBackName;

const firstFew = (lines: readonly string[]) =>
  `${lines.slice(0, 5).join('; ')}${lines.length > 5 ? ` and ${lines.length - 5} more` : ''}`;

const whatOf = ({ versions }: Ending) => versions.map(({ migration }) => migration).join(', ');

const areOrIs = ({ versions }: Ending, many: string, one: string) => (versions.length === 1 ? one : many);

const standsAsItWas = (ending: Ending) =>
  `${whatOf(ending)} ${areOrIs(ending, 'stand as they did', 'stands as it did')}: nothing was rolled back.`;

const insteadOf = ({ instead }: Ending) => (instead === undefined ? '' : ` ${instead}`);

const correction = 'Write the correction as a new migration with a higher version and leave the file unchanged.';

const afterFailedRollback =
  'npm run status says what of it still stands: roll it back by hand or keep it, then say so with npm run settle.';

const ends: Readonly<Record<RollbackOutcome, (ending: Ending, cause: string, error: string) => Closing>> = {
  'rolled back': (ending) => ({
    error: takenBackName,
    cause: `${whatOf(ending)} ${areOrIs(ending, 'were', 'was')} rolled back, and the schema is the same as before${
      ending.remaining.length === 0
        ? '.'
        : ` except for what does no harm or cannot be undone: ${asSentence(firstFew(ending.remaining))}`
    } ${correction}`,
  }),
  'rolled back and differs': (ending, cause, error) => ({
    error,
    cause: `${whatOf(ending)} ${areOrIs(ending, 'were', 'was')} rolled back, but the schema is not known to be the one from before: ${cause} Compare and correct by hand, then say so with npm run settle.`,
  }),
  failed: (ending, cause, error) => ({
    error,
    cause: `The rollback of ${whatOf(ending)} failed: ${cause}${againInWords(ending.rollback?.again)} ${afterFailedRollback}${insteadOf(ending)}`,
  }),
  'not approved': (ending) => ({
    error: 'RollbackRejected',
    cause: `${ending.decision ? `${ending.decision.by} rejected the rollback: ${asSentence(ending.decision.reason)}` : 'Nobody approved the rollback.'} ${standsAsItWas(ending)}`,
  }),
  'not answered': (ending) => ({
    error: 'ApprovalExpired',
    cause: `Nobody answered in time whether to roll it back. ${standsAsItWas(ending)} Ask again when somebody can answer.`,
  }),
  'not known': (ending, cause, error) => ({
    error,
    cause: `It is not known whether ${whatOf(ending)} ${areOrIs(ending, 'were', 'was')} rolled back: ${cause} ${afterFailedRollback}${insteadOf(ending)}`,
  }),
  stopped: (ending, cause, error) => ({
    error,
    cause: `The rollback was stopped: ${cause} ${standsAsItWas(ending)}`,
  }),
  'not asked': (ending, cause, error) => ({
    error,
    cause: `Nobody could be asked whether to roll it back: ${cause} ${standsAsItWas(ending)}`,
  }),
};

/**
 * Says how the rollback ended: the execution's error and cause, or what it has done.
 *
 * @example
 * closingOfRollback({ versions: [{ migration: '002_b.sql' }], decision, failure, rollback: { outcome: 'rolled back' }, remaining: [] })
 * // { error: 'RolledBack', cause: '002_b.sql was rolled back, and the schema is the same as before. …' }
 */
export const closingOfRollback = (ending: Ending): Closing => {
  const { failure, rollback } = ending;
  if (rollback) {
    const error = rollback.error ?? 'RollbackFailed';
    return ends[rollback.outcome](
      ending,
      asSentence(messageOf(rollback.cause ?? '')) || `it ended with ${error}.`,
      error,
    );
  }
  if (!failure)
    return {
      error: 'RunClosed',
      cause: `The rollback was closed without a decision or an error. ${standsAsItWas(ending)}`,
    };
  const { state, error, cause } = failure;
  return {
    error,
    cause: `${state}: ${asSentence(messageOf(cause)) || `it ended with ${error}.`} ${standsAsItWas(ending)}${insteadOf(ending)}`,
  };
};
