/** What the dry run measured of rows: which it changed, which it lost, and which nobody can tell. */
import { counted } from '#domain/count';
import type { StatementRun } from '#domain/dry-run/measured';
import { type DataLoss, type Loss, lossInWords } from '#domain/tables/data-loss';
import type { ContentsDifference } from '#domain/tables/difference';
import { failed, type Judgement, open, proved } from './room';

type MeasuredStatement = Omit<StatementRun, 'index'>;

/**
 * Rows that came make the values of all rows another set; the rows from before are the same where the statements added exactly as
 * many, and wrote no other row of the table.
 */
const onlyAdded = (
  statements: readonly MeasuredStatement[],
  { changed }: ContentsDifference,
  { name }: Loss,
): boolean => {
  const rows = statements.flatMap(({ tables }) => tables ?? []).filter(({ table }) => table === name);
  const inserted = rows.reduce((sum, one) => sum + one.inserted, 0);
  const line = changed.find((one) => one.startsWith(`${name}: `)) ?? '';
  const [, before = '', after = ''] = /^[^:]+: ([\d,]+) rows? became ([\d,]+)$/.exec(line) ?? [];
  const added = Number(after.replaceAll(',', '')) - Number(before.replaceAll(',', ''));
  return (
    statements.every(({ tables }) => tables !== undefined) &&
    rows.every(({ updated, deleted }) => updated === 0 && deleted === 0) &&
    statements.every(({ rewritten, emptied }) => !rewritten.includes(name) && !emptied.includes(name)) &&
    added > 0 &&
    inserted === added
  );
};

/** Without `dataLoss` as version 0.2.0 and before judged it: what changed was proved, whatever else could not be compared. */
export type ChangedData = { readonly contents: ContentsDifference; readonly dataLoss: DataLoss | null };

/** Which rows the migration changes, and whether values are lost by it. */
export const judgeDataChanges = (
  statements: readonly MeasuredStatement[],
  { contents, dataLoss }: ChangedData,
): Judgement => {
  // What a SELECT returned is affected in PostgreSQL's words, and not changed.
  const changing = statements.filter(
    ({ rowsAffected, summary }) => (rowsAffected ?? 0) > 0 && !/^\s*(?:SELECT|TABLE|VALUES|SHOW)\b/i.test(summary),
  );
  const rewritten = [...new Set(statements.flatMap((statement) => statement.rewritten))];
  const facts = {
    changing: changing.map(({ line, rowsAffected }) => ({ line, rowsAffected })),
    rewritten,
    contents,
    ...(dataLoss && { dataLoss }),
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
    ...(dataLoss?.losses ?? [])
      .filter((loss) => loss.kind === 'unknown' && !onlyAdded(statements, contents, loss))
      .map(({ text }) => text),
  ];
  const isOpen = notCompared.length > 0 && (dataLoss !== null || changes.length === 0);
  return isOpen
    ? open([...notCompared, ...(changes.length > 0 ? [measured] : [])].join('; '), facts)
    : proved(measured, facts);
};
