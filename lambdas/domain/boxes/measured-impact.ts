/** What the dry run measured of time, locks and rows: the answers that replace the review's predictions. */
import { count, counted } from '#domain/count';
import { type GradedStatement, isCovering } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import { longestBlockingMs } from '#domain/locks/lock-modes';
import { type DataLoss, lossInWords } from '#domain/tables/data-loss';
import type { ContentsDifference } from '#domain/tables/difference';
import type { TableStatistics } from '#domain/tables/statistics';
import { failed, type Judgement, open, proved } from './room';

type MeasuredStatement = Omit<StatementRun, 'index'>;
type LockingStatement = Pick<GradedStatement, 'line' | 'locks' | 'rowsScanned'>;
type Traffic = Pick<TableStatistics, 'table' | 'sequentialScans' | 'indexScans' | 'rowsWritten'>;

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;

/** How long the migration takes. */
export const judgeTime = (statements: readonly MeasuredStatement[]): Judgement => {
  const totalMs = statements.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const slowest = [...statements].sort((a, b) => b.durationMs - a.durationMs)[0];
  return proved(
    `measured on the branch: ${seconds(totalMs)} for ${count(statements.length, 'statement')}${slowest ? `, the slowest on line ${slowest.line} with ${seconds(slowest.durationMs)}` : ''}`,
    { totalMs },
  );
};

/** Whom the locks stop, and for how long; `assessed` has an entry per statement, in their order. */
export const judgeDowntime = ({
  statements,
  assessed,
  traffic,
}: {
  readonly statements: readonly MeasuredStatement[];
  readonly assessed: readonly LockingStatement[];
  readonly traffic: readonly Traffic[];
}): Judgement => {
  // A lock that an earlier statement's covers adds nothing to it.
  const before = (position: number) => assessed.slice(0, position).flatMap(({ locks }) => locks);
  const blocking = assessed.flatMap(({ line, locks, rowsScanned }, position) =>
    locks
      .filter(({ blocks }) => blocks !== 'nobody')
      .filter((lock) => !before(position).some((held) => isCovering(held, lock)))
      .map((lock) => ({
        ...lock,
        line,
        rewritten: statements[position]?.rewritten.includes(lock.relation) ?? false,
        rowsScanned,
      })),
  );
  const tooLong = blocking.filter(({ heldMs }) => heldMs > longestBlockingMs);
  const facts = {
    blocking,
    traffic: traffic.filter(({ table }) => blocking.some((lock) => lock.table === table)),
  };
  if (tooLong.length > 0)
    return failed(
      tooLong
        .map(
          ({ relation, mode, heldMs, line, blocks: who }) =>
            `line ${line} holds ${mode} on ${relation} for ${seconds(heldMs)}, which stops ${who}`,
        )
        .join('; '),
      facts,
    );
  const longest = Math.max(0, ...blocking.map(({ heldMs }) => heldMs));
  return proved(
    blocking.length === 0
      ? 'measured on the branch: no lock stopped readers or writers of an existing table'
      : `measured on the branch: ${count(blocking.length, 'blocking lock')} on existing tables, none held longer than ${seconds(longest)}`,
    facts,
  );
};

/** Which rows the migration changes. */
export const judgeDataChanges = (
  statements: readonly MeasuredStatement[],
  contents: ContentsDifference,
  dataLoss?: DataLoss,
): Judgement => {
  const changing = statements.filter(({ rowsAffected }) => (rowsAffected ?? 0) > 0);
  const rewritten = [...new Set(statements.flatMap((statement) => statement.rewritten))];
  const facts = {
    changing: changing.map(({ line, rowsAffected }) => ({ line, rowsAffected })),
    rewritten,
    contents,
    dataLoss,
  };
  const changes = [
    ...changing.map(({ line, rowsAffected }) => `line ${line} touches ${counted(rowsAffected ?? 0, 'row')}`),
    ...contents.changed,
    ...rewritten.map((table) => `${table} is rewritten`),
  ];
  const told = changes.join('; ') || 'no rows of an existing table changed, and no table was rewritten';
  const measured = `measured on the branch: ${told}`;
  if (dataLoss?.grade === 'lost') return failed(`${measured}; values are lost: ${lossInWords(dataLoss)}`, facts);
  const notCompared = [
    ...(contents.notCompared.length > 0
      ? [`these tables are too large to compare on the branch: ${contents.notCompared.join(', ')}`]
      : []),
    ...(dataLoss?.losses ?? []).filter(({ kind }) => kind === 'unknown').map(({ text }) => text),
  ];
  return notCompared.length > 0
    ? open([...notCompared, ...(changes.length > 0 ? [measured] : [])].join('; '), facts)
    : proved(measured, facts);
};
