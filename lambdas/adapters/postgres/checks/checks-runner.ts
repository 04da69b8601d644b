/** Runs declared tests against the target without leaving anything: one transaction, a savepoint per test, a rollback. */
import type { CheckResult, DeclaredCheck } from '#domain/checks/checks';
import type { Database } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { hideSearchPath } from '../session/search-path';
import { applicationName, type Session, sqlStateOf, withOwnSession, withSession } from '../session/session';
import { serverWords } from '../session/statement-failure';
import { inTransaction, rollback } from '../session/transaction';
import { readCalledFunctions, trackFunctions } from './called-functions';
import { type BindSaved, runCheckStatement } from './check-statement';
import { findLeftBehind, readTestTransaction, stateBefore } from './left-by-tests';

/** 5 s for a lock: tests compete with the application for rows. 60 s for a statement: a test is small. */
const limits = { lockTimeoutMs: 5_000, statementTimeoutMs: 60_000 };

type FinishedCheck = { readonly result: CheckResult; readonly errorContexts: readonly string[] };

const runCheck = async (session: Session, check: DeclaredCheck, bindSaved: BindSaved): Promise<FinishedCheck> => {
  const { name, line } = check;
  const saved: Record<string, string | null> = {};
  const sqlStates: string[] = [];
  const errorContexts: string[] = [];
  let failure: string | null = null;
  await session.query('SAVEPOINT migration_checklist_test');
  for (const statement of check.statements) {
    const outcome = await runCheckStatement(session, { ...statement, sql: bindSaved(statement.sql, saved) });
    if (outcome.expected) {
      sqlStates.push(outcome.expected.sqlState);
      errorContexts.push(outcome.expected.context);
    }
    Object.assign(saved, outcome.saved);
    failure = outcome.failure && `line ${statement.line}: ${outcome.failure}`;
    if (failure) break;
  }
  failure ??= await verifyDeferred(session);
  await session.query('ROLLBACK TO SAVEPOINT migration_checklist_test; RELEASE SAVEPOINT migration_checklist_test');
  return { result: { name, line, passed: failure === null, sqlStates, failure }, errorContexts };
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

const runAll = async (session: Session, checks: readonly DeclaredCheck[], bindSaved: BindSaved) => {
  const isTracking = await trackFunctions(session);
  const finished: FinishedCheck[] = [];
  for (const check of checks) finished.push(await runCheck(session, check, bindSaved));
  const contexts = finished.flatMap(({ errorContexts }) => errorContexts);
  const calledFunctions = isTracking ? await readCalledFunctions(session, contexts) : null;
  await session.query(hideSearchPath);
  const tests = await readTestTransaction(session);
  return { results: finished.map(({ result }) => result), calledFunctions, tests };
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
          const { tests, ...outcome } = await inTransaction(session, { limits, end: rollback }, () =>
            runAll(session, checks, bindSaved),
          );
          return { ...outcome, leftBehind: await findLeftBehind(witness, session, { before, tests }) };
        },
        { applicationName: `${applicationName} tests` },
      ),
    { applicationName: `${applicationName} witness` },
  );
