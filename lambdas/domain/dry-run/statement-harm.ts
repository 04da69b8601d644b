/** The harm of a statement: the worse of whom its locks stop and of what is lost in the tables that it writes. */
import { partsOf } from '#domain/catalog/identifiers';
import { lockModes } from '#domain/locks/lock-modes';
import type { DataLoss, Loss } from '#domain/tables/data-loss';
import type { GradedStatement, Harm } from './grade-statements';

const harms: readonly Harm[] = ['none', 'low', 'medium', 'high'];

/** What cannot be compared may be lost. */
const harmOfLoss: Readonly<Record<Loss['kind'], Harm>> = {
  table: 'high',
  column: 'high',
  rows: 'high',
  'large objects': 'high',
  changed: 'medium',
  unknown: 'medium',
};

const writingModes: readonly string[] = lockModes.slice(lockModes.indexOf('RowExclusiveLock'));

/** A loss is named by its table, or by a column of it. */
const isOf = (table: string, { name }: Loss) => {
  const parts = partsOf(name);
  return parts.join('.') === table || parts.slice(0, -1).join('.') === table;
};

type Measured = Pick<GradedStatement, 'locks' | 'severity'> & Partial<Pick<GradedStatement, 'rowsWritten' | 'summary'>>;

const writes = (statement: Measured, loss: Loss) =>
  statement.locks.some(({ table, mode }) => writingModes.includes(mode) && isOf(table, loss));

/** Rows go where rows are written; a table or a column goes where something is dropped. */
const takesAway = ({ summary = '', rowsWritten = 0 }: Measured, { kind }: Loss) =>
  kind === 'table' || kind === 'column'
    ? /\bDROP\b|\bTRUNCATE\b/i.test(summary) || (rowsWritten ?? 0) > 0
    : (rowsWritten ?? 0) > 0;

/** Large objects are in no table: they are known by the functions that change them, `lo_unlink` above all. */
const mayHaveCaused = (statement: Measured, loss: Loss) =>
  loss.kind === 'large objects' ? /\blo\w*\b|large\s+object/i.test(statement.summary ?? '') : writes(statement, loss);

/** The statements that a loss is due to: where none can be told from the others, all that write the table. */
const dueTo = <Statement extends Measured>(statements: readonly Statement[], loss: Loss): readonly Statement[] => {
  const writing = statements.filter((statement) => mayHaveCaused(statement, loss));
  if (loss.kind === 'large objects') return writing.length > 0 ? writing : statements;
  const taking = writing.filter((statement) => takesAway(statement, loss));
  return taking.length > 0 ? taking : writing;
};

/**
 * The statements with the harm of what is lost in their severity.
 *
 * @example
 * withLosses(statements, dataLoss)[0]?.severity // 'high': nobody waits, and 2 rows are gone
 */
export const withLosses = <Statement extends Measured>(
  statements: readonly Statement[],
  dataLoss: DataLoss | null,
): readonly Statement[] => {
  const causes = (dataLoss?.losses ?? []).map((loss) => ({ loss, statements: dueTo(statements, loss) }));
  return statements.map((statement) => {
    const lost = causes
      .filter((cause) => cause.statements.includes(statement))
      .map(({ loss }) => harmOfLoss[loss.kind]);
    const worst = Math.max(...[statement.severity, ...lost].map((harm) => harms.indexOf(harm)));
    return { ...statement, severity: harms[worst] ?? statement.severity };
  });
};
