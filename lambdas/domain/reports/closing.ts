/** Why a run ended without sign-off, in one name and a few sentences that say what to do. */
import type { RollbackOutcome } from '#domain/ledger/ends';
import { asSentence } from './sentence';

export type Closing = { readonly error: string; readonly cause: string };

type Failure = {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
  readonly committed: boolean;
  /** What is committed of a migration that is only partly applied. */
  readonly standing?: string;
  readonly again?: AgainOutcome;
};

/** What became of the question whether to try again, where the answer was not yes. */
export type AgainOutcome =
  | { readonly outcome: 'given up'; readonly by: string; readonly reason: string }
  | { readonly outcome: 'not answered' };

export type { RollbackOutcome };

type Rollback = {
  readonly outcome: RollbackOutcome;
  readonly error?: string;
  readonly cause?: string;
  /** Who rejected it, and why; absent where nobody did, and in runs of version 0.8.0 and before. */
  readonly by?: string;
  readonly reason?: string;
  /** Of one that failed for its locks. */
  readonly again?: AgainOutcome;
};

export type Ending = {
  readonly migration: string;
  readonly decision: { readonly decision: string; readonly by: string; readonly reason: string } | null;
  readonly failure: Failure | null;
  readonly rollback: Rollback | null;
  /** What the rollback left although it is in order: harmless, or nothing that PostgreSQL can undo. One line each. */
  readonly remaining?: readonly string[];
  /** How the target's server compares with what Step 4 saw; left out after a commit, which changes it. */
  readonly server?: ServerComparison;
};

/** `not reached`: the run ended before Step 4, and no statement of the migration was run anywhere. */
export type ServerComparison =
  | { readonly outcome: 'not reached' }
  | { readonly outcome: 'not compared'; readonly because: string }
  | {
      readonly outcome: 'compared';
      /** Differences that concern this run, and the others; one line each. */
      readonly concerning: readonly string[];
      readonly elsewhere: readonly string[];
    };

/** The message in a cause: a function's failure comes as JSON with its message inside; all other causes are text. */
export const messageOf = (cause: string): string => {
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
};

const newMigration = 'Correct it in a new migration and leave the file unchanged.';

const firstFew = (lines: readonly string[]) =>
  `${lines.slice(0, 5).join('; ')}${lines.length > 5 ? ` and ${lines.length - 5} more` : ''}`;

/** Whether anything was changed is said as far as it was looked for, and no further. */
const beforeCommit = ({ server = { outcome: 'not compared', because: 'nobody looked' } }: Ending): string => {
  if (server.outcome === 'not reached') return 'No statement of it was run';
  if (server.outcome === 'not compared')
    return `Nothing of it was committed; whether the server's roles, settings and sessions are as Step 4 saw them could not be compared (${server.because})`;
  if (server.concerning.length > 0)
    return `Nothing of it was committed, but roles, settings or sessions of the server differ from what Step 4 saw: ${firstFew(server.concerning)}. Look whether the rehearsal or somebody else changed them`;
  return server.elsewhere.length === 0
    ? 'Nothing was changed on the target'
    : `Nothing was changed on the target (elsewhere on its server, meanwhile: ${firstFew(server.elsewhere)})`;
};

const correct = (ending: Ending) => `${beforeCommit(ending)}: correct this and start a new run.`;

const isExpired = (error: string) => error === 'States.Timeout' || error === 'States.HeartbeatTimeout';

/** What a state said when it failed, as a sentence; its error's name where it said nothing. */
const describeFailure = ({ state, error, cause, again }: Failure) =>
  `${state}: ${asSentence(messageOf(cause)) || `it ended with ${error}.`}${againInWords(again)}`;

/** A sentence behind another one; empty where nobody was asked, or the answer was yes. */
export const againInWords = (again: AgainOutcome | undefined) => {
  if (!again) return '';
  return again.outcome === 'given up'
    ? ` ${again.by} gave it up: ${asSentence(again.reason)}`
    : ' Nobody answered in time whether to try again.';
};

/** It was watched and stayed quiet: what is wrong is not the migration. */
const withoutSignOff = ({ migration }: Ending) =>
  `${migration} is applied on the target and was quiet while it was watched; only its sign-off is missing. Look at the report, then say that it stands: npm run settle.`;

/** Nobody has rolled it back. Whether it was committed is not known when even the ledger could not be asked. */
const standing = ({ migration, failure }: Ending, why = '') =>
  failure?.state === 'Establish outcome'
    ? `It is not known whether ${migration} was committed${why}. Look for its row in migration_checklist.ledger: when there is one, roll back by hand; when there is none, start a new run.`
    : failure?.standing === undefined
      ? `${migration} is still applied on the target${why}. Roll it back by hand, or correct it in a new migration and leave the file unchanged.`
      : `${migration} is ${failure.standing}${why}. Undo it by hand as its rollback section says, then say so with npm run settle: no other run starts before that.`;

/** Before 0.9.0 the run itself asked, so that the last decision was that about its rollback. */
const rejectedInWords = ({ rollback, decision }: Ending): string => {
  const { by, reason } = rollback?.by === undefined ? (decision ?? {}) : rollback;
  const isRejected = rollback?.by !== undefined || decision?.decision === 'rejected';
  return isRejected ? `${by} rejected the rollback (${reason})` : 'nobody approved the rollback';
};

const afterRollback: Readonly<Record<RollbackOutcome, (ending: Ending, cause: string, error: string) => string>> = {
  'rolled back': ({ migration, remaining = [], failure }) => {
    // Of half a migration the ledger has no row, so its version is still to be applied.
    const [what, next] =
      failure?.standing === undefined
        ? [migration, newMigration]
        : [`The applied part of ${migration}`, 'Correct it and start a new run.'];
    return remaining.length === 0
      ? `${what} was rolled back, and the schema is the same as before. ${next}`
      : `${what} was rolled back, and the schema is the same as before except for what does no harm or cannot be undone: ${asSentence(firstFew(remaining))} ${next}`;
  },
  'rolled back and differs': ({ migration }, cause, error) =>
    error === 'VerificationFailed'
      ? `${migration} was rolled back, but the schema differs from before: ${cause} Compare and correct by hand.`
      : `${migration} was rolled back, but the schema could not be compared with the one before the migration: ${cause} Compare by hand.`,
  failed: ({ migration, rollback }, cause) =>
    `The rollback of ${migration} failed: ${cause}${againInWords(rollback?.again)} npm run status says whether ${migration} is still applied: roll it back by hand or keep it, then say so with npm run settle.`,
  'not approved': (ending) => standing(ending, `: ${rejectedInWords(ending)}`),
  'not answered': (ending) => standing(ending, ': nobody answered in time whether to roll it back'),
  'not known': ({ migration }, cause) =>
    `A rollback of ${migration} was asked for, and what became of its rollback could not be found out (${withoutStop(cause)}). npm run status says whether it is still applied; the run of the rollback says the rest.`,
  stopped: (ending, cause) =>
    standing(ending, `: its rollback was stopped before anything was rolled back (${withoutStop(cause)})`),
  'not asked': (ending, cause) =>
    standing(ending, `: nobody could be asked whether to roll it back (${withoutStop(cause)})`),
};

/** A sentence inside another one. */
const withoutStop = (sentence: string) => sentence.replace(/\.$/, '');

const afterCommit = (ending: Ending): string => {
  const { rollback } = ending;
  if (!rollback) return ending.failure?.state === 'Sign off' ? withoutSignOff(ending) : standing(ending);
  const error = rollback.error ?? 'an error without a name';
  return afterRollback[rollback.outcome](
    ending,
    asSentence(messageOf(rollback.cause ?? '')) || `it ended with ${error}.`,
    error,
  );
};

/**
 * Says why the run ended without sign-off: the execution's error and cause.
 *
 * @example
 * closingOf({ migration: '001_a.sql', decision: { decision: 'rejected', by: 'ada@example.org', reason: 'too late' }, failure: null, rollback: null })
 * // { error: 'ApprovalRejected', cause: 'ada@example.org rejected 001_a.sql: too late. No statement of it was run: …' }
 */
export const closingOf = (ending: Ending): Closing => {
  const { migration, decision, failure, rollback } = ending;
  if (failure && (rollback || failure.committed))
    return { error: failure.error, cause: `${describeFailure(failure)} ${afterCommit(ending)}` };
  if (failure?.state.startsWith('Approve') && isExpired(failure.error))
    return {
      error: 'ApprovalExpired',
      cause: `Nobody decided "${failure.state}" of ${migration} in time. ${beforeCommit(ending)}. Start a new run.`,
    };
  if (failure) return { error: failure.error, cause: `${describeFailure(failure)} ${correct(ending)}` };
  if (decision?.decision === 'rejected')
    return {
      error: 'ApprovalRejected',
      cause: `${decision.by} rejected ${migration}: ${asSentence(decision.reason)} ${correct(ending)}`,
    };
  return {
    error: 'RunClosed',
    cause: `The run of ${migration} was closed without a decision or an error. Look at its evidence before you start a new run.`,
  };
};
