/** What the product says of a rollback: the functions that Step 13 calls, and the judge of box 13.2. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { outsideTablesIn } from '#adapters/postgres/outside-tables';
import { readServerState } from '#adapters/postgres/server-state';
import { withOwnSession } from '#adapters/postgres/session/session';
import { contentsIn } from '#adapters/postgres/table-contents';
import { testRollback } from '#domain/boxes/13-test-rollback';
import { contentsDifference } from '#domain/tables/difference';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { answerOf } from '#test/support/judged';

export type Moment = Awaited<ReturnType<typeof readMoment>>;

export const readMoment = async (connection: ConnectionSettings) =>
  withOwnSession(connection, async (session) => ({
    catalog: await readCatalog(session),
    contents: await contentsIn(session),
    outside: await outsideTablesIn(session),
    server: await readServerState(connection),
  }));

export type Verdict = 'exact' | 'harmless' | 'differs' | 'open';

export const judgeRollback = (
  before: Moment,
  after: Moment,
): { readonly verdict: Verdict; readonly reason: string } => {
  const outside = { before: before.outside, after: after.outside };
  const judged = answerOf(testRollback, '13.2', {
    catalogBefore: before.catalog,
    catalogAfterDown: after.catalog,
    outsideBefore: before.outside,
    outsideAfterDown: after.outside,
    serverBefore: before.server,
    serverAfterDown: after.server,
    isServerShared: true,
    rows: contentsDifference(before.contents, after.contents, outside),
    units: 1,
  });
  if (!judged) throw new Error('box 13.2 was not answered');
  const { answer, reason, facts } = judged;
  if (answer === 'proved') return { verdict: facts?.['verdict'] as Verdict, reason };
  return { verdict: answer === 'failed' ? 'differs' : 'open', reason };
};
