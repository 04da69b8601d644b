/** Runs declared tests against the target without leaving anything: one transaction, a savepoint per test, a rollback. */
import type { CheckResult, DeclaredCheck, ExpectedError, StatementActivity } from '#domain/checks/checks';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { namingBlockers } from '../apply/blocking-sessions';
import { hideSearchPath } from '../session/search-path';
import { applicationName, type Session, sqlStateOf, withOwnSession, withSession } from '../session/session';
import { serverWords } from '../session/statement-failure';
import { inTransaction, rollback } from '../session/transaction';
import { activityBetween, readCounted, trackFunctions } from './called-functions';
import { type BindSaved, runCheckStatement } from './check-statement';
import { findLeftBehind, readTestTransaction, stateBefore } from './left-by-tests';

/** 5 s for a lock: tests compete with the application for rows. 60 s for a statement: a test is small. */
const limits = { lockTimeoutMs: 5_000, statementTimeoutMs: 60_000 };

type Tested = Required<CheckResult>;

const runCheck = async (
  session: Session,
  check: DeclaredCheck,
  { bindSaved, isTracking }: { readonly bindSaved: BindSaved; readonly isTracking: boolean },
): Promise<Tested> => {
  const { name, line } = check;
  const saved: Record<string, string | null> = {};
  const errors: ExpectedError[] = [];
  const activity: StatementActivity[] = [];
  let failure: string | null = null;
  await session.query('SAVEPOINT migration_checklist_test');
  for (const statement of check.statements) {
    const before = isTracking ? await readCounted(session) : null;
    const outcome = await runCheckStatement(session, { ...statement, sql: bindSaved(statement.sql, saved) });
    if (outcome.expected) errors.push(outcome.expected);
    Object.assign(saved, outcome.saved);
    failure = outcome.failure && `line ${statement.line}: ${outcome.failure}`;
    if (failure) break;
    if (before) activity.push(activityBetween(statement.line, before, await readCounted(session)));
  }
  failure ??= await verifyDeferred(session);
  await session.query('ROLLBACK TO SAVEPOINT migration_checklist_test; RELEASE SAVEPOINT migration_checklist_test');
  const sqlStates = errors.map(({ sqlState }) => sqlState);
  return { name, line, passed: failure === null, sqlStates, failure, errors, activity };
};

// What the test inserted must also satisfy the checks of a commit, which never comes.
const verifyDeferred = async (session: Session): Promise<string | null> => {
  try {
    await session.query('SET CONSTRAINTS ALL IMMEDIATE');
    return null;
  } catch (error) {
    if (sqlStateOf(error) === null) throw error;
    return `a deferred constraint, checked at the end of the test: ${serverWords(error)}`;
  }
};

/** Also what a failed statement called, which no statement's activity has. */
const calledBy = async (session: Session, tested: readonly Tested[]): Promise<readonly string[]> => {
  const { functions } = await readCounted(session);
  const raised = tested.flatMap(({ errors }) => errors.flatMap(({ context }) => context));
  return [...new Set([...Object.keys(functions), ...raised.flatMap((one) => one.function ?? [])])].sort();
};

const runAll = async (session: Session, checks: readonly DeclaredCheck[], bindSaved: BindSaved) => {
  const isTracking = await trackFunctions(session);
  const results: Tested[] = [];
  for (const check of checks) results.push(await runCheck(session, check, { bindSaved, isTracking }));
  const calledFunctions = isTracking ? await calledBy(session, results) : null;
  await session.query(hideSearchPath);
  return { results, calledFunctions, tests: await readTestTransaction(session) };
};

/**
 * Errors: DatabaseUnreachable; LockNotAvailable when a test had to wait for somebody else's lock; VerificationFailed when a
 * test ended the transaction or used a value that was never saved.
 */
export const runChecks = (
  connection: ConnectionSettings,
  checks: readonly DeclaredCheck[],
  bindSaved: BindSaved,
): ReturnType<Database['runChecks']> =>
  withOwnSession(
    connection,
    (witness) =>
      withSession(
        connection,
        async (session) => {
          const before = await stateBefore(witness);
          const { tests, ...outcome } = await namingBlockers(connection, session, limits.lockTimeoutMs, () =>
            inTransaction(session, { limits, end: rollback }, () => runAll(session, checks, bindSaved)),
          );
          return { ...outcome, ...(await findLeftBehind(witness, session, { before, tests })) };
        },
        { applicationName: `${applicationName} tests` },
      ),
    { applicationName: `${applicationName} witness` },
  );
