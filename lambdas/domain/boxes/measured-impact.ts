/** What the dry run measured of time and locks: the answers that replace the review's predictions. */
import { count } from '#domain/count';
import type { GradedStatement } from '#domain/dry-run/grade-statements';
import type { StatementRun } from '#domain/dry-run/measured';
import { isUnknown, timeInProduction } from '#domain/dry-run/production-time';
import { remediesInWords } from '#domain/dry-run/remedies';
import { growthInWords, sizesInWords, timeInWords, type Wait, waitsOf } from '#domain/dry-run/waits';
import { longestBlockingMs } from '#domain/locks/lock-modes';
import { rowStrengths } from '#domain/locks/row-locks';
import { type ProductionStatistics, statisticsFileName } from '#domain/tables/production-statistics';
import type { TableStatistics } from '#domain/tables/statistics';
import { failed, type Judgement, open, proved } from './room';

type MeasuredStatement = Omit<StatementRun, 'index'>;
type LockingStatement = Pick<
  GradedStatement,
  'line' | 'startedAtMs' | 'durationMs' | 'locks' | 'rowLocks' | 'growth' | 'rowsScanned'
>;
type Traffic = Pick<TableStatistics, 'table' | 'sequentialScans' | 'indexScans' | 'rowsWritten'>;
/** Undefined in documents of version 0.2.0 and before, null where no file was given. */
type Production = ProductionStatistics | null | undefined;

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;

const giveSizes = `give production's sizes in ${statisticsFileName} (npm run statistics)`;

/** `public.orders (every row is read; 7 ms per 1,000 rows here)`, the slowest first, each table once. */
const growthOfAll = (statements: readonly Pick<GradedStatement, 'durationMs' | 'growth'>[]): string => {
  const slowest = [...statements].sort((one, other) => other.durationMs - one.durationMs);
  const told = new Map<string, string>();
  for (const { durationMs, growth = [] } of slowest)
    for (const one of growth) if (!told.has(one.table)) told.set(one.table, growthInWords(durationMs, one));
  return [...told.values()].join(', ');
};

/** How long the migration takes. */
export const judgeTime = ({
  statements,
  assessed = [],
  production,
}: {
  readonly statements: readonly MeasuredStatement[];
  readonly assessed?: readonly LockingStatement[] | undefined;
  readonly production?: Production;
}): Judgement => {
  const totalMs = statements.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const slowest = [...statements].sort((a, b) => b.durationMs - a.durationMs)[0];
  const here = `measured on the branch: ${seconds(totalMs)} for ${count(statements.length, 'statement')}${slowest ? `, the slowest on line ${slowest.line} with ${seconds(slowest.durationMs)}` : ''}`;
  const growing = assessed.filter(({ growth = [] }) => growth.length > 0);
  if (production === undefined || growing.length === 0) return proved(here, { totalMs });
  const times = growing.map((statement) => ({ ...statement, time: timeInProduction(statement, production) }));
  const unknown = times.filter(({ time }) => isUnknown(time));
  if (!production || unknown.length > 0)
    return open(`${here}; in production it grows with ${growthOfAll(unknown)}: ${whatIsMissing(unknown, production)}`, {
      totalMs,
    });
  const known = times.flatMap(({ time, durationMs }) => (isUnknown(time) ? [] : [{ ...time, durationMs }]));
  const besidesMs = totalMs - known.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const mostMs = besidesMs + known.reduce((sum, time) => sum + time.mostMs, 0);
  return proved(
    `${here}; in production about ${timeInWords(mostMs)} (an estimate in proportion to rows or bytes: ${sizesInWords(growing.flatMap(({ growth = [] }) => growth).filter(firstOfTable), production)})`,
    { totalMs, productionMs: mostMs },
  );
};

const firstOfTable = <T extends { readonly table: string }>(one: T, at: number, all: readonly T[]) =>
  all.findIndex(({ table }) => table === one.table) === at;

const whatIsMissing = (
  unknown: readonly Pick<GradedStatement, 'durationMs' | 'growth'>[],
  production: ProductionStatistics | null,
): string => {
  if (!production) return giveSizes;
  const why = unknown.map((statement) => timeInProduction(statement, production)).filter(isUnknown);
  const tablesOf = (reason: string) =>
    [
      ...new Set(why.filter((one) => one.reason === reason).flatMap(({ growth }) => growth.map(({ table }) => table))),
    ].join(', ');
  const [absent, unmeasured] = [tablesOf('not in the file'), tablesOf('nothing measured')];
  return [
    ...(absent ? [`${absent} is not in ${statisticsFileName}; write it anew`] : []),
    ...(unmeasured ? [`${unmeasured} has no rows here, so nothing was measured; put rows into staging`] : []),
  ].join('; ');
};

const heldInWords = ({ line, what, blocks, heldMs }: Wait) =>
  `line ${line} holds ${what} for ${seconds(heldMs)}, which stops ${blocks}`;

/** `…; about 95 s in production (…)`; nothing where it does not grow. */
const productionInWords = (
  { growing, production: time, heldMs }: Wait,
  production: Production,
  isUpperBound: boolean,
): string => {
  if (!production || !time || growing.length === 0) return '';
  const sizes = sizesInWords(growing.flatMap(({ growth }) => growth).filter(firstOfTable), production);
  const [least, most] = [timeInWords(time.leastMs), timeInWords(time.mostMs)];
  const about = isUpperBound && time.leastMs < time.mostMs && least !== most ? `${least} to ${most}` : most;
  return `: ${timeInWords(heldMs)} here, about ${about} in production (${sizes}; an estimate in proportion)`;
};

const failedWait = (wait: Wait, production: Production): string => {
  const told = productionInWords(wait, production, true);
  return told === '' ? heldInWords(wait) : `line ${wait.line} holds ${wait.what}, which stops ${wait.blocks}${told}`;
};

const openWait = (wait: Wait, production: Production): string => {
  const { line, what, blocks, growing } = wait;
  const told = `line ${line} holds ${what}, which stops ${blocks}`;
  const rates = growthOfAll(growing);
  if (!production || wait.production === null)
    return `${told}: ${timeInWords(wait.heldMs)} here, and grows with ${rates}: ${whatIsMissing(growing, production ?? null)}`;
  return `${told}${productionInWords(wait, production, true)}: too few rows here to say; put more rows into staging`;
};

const mostTold = 5;

const told = (waits: readonly Wait[], words: (wait: Wait) => string) =>
  [
    ...waits.slice(0, mostTold).map(words),
    ...(waits.length > mostTold ? [`and ${waits.length - mostTold} more`] : []),
  ].join('; ');

const withRemedy = (reason: string, waits: readonly Wait[]) => {
  const remedy = remediesInWords(waits);
  return remedy === '' ? reason : `${reason}. Remedy: ${remedy}`;
};

/** Whom the locks stop, and for how long, here and in production; `assessed` has an entry per statement, in their order. */
export const judgeDowntime = ({
  statements,
  assessed,
  traffic,
  production,
  limitMs = longestBlockingMs,
}: {
  readonly statements: readonly MeasuredStatement[];
  readonly assessed: readonly LockingStatement[];
  readonly traffic: readonly Traffic[];
  readonly production?: Production;
  readonly limitMs?: number | undefined;
}): Judgement => {
  const waits = waitsOf(assessed, { production: production ?? null, limitMs });
  const facts = {
    blocking: waits.map((wait) => ({ ...wait, ...workOf(wait, statements, assessed) })),
    traffic: traffic.filter(({ table }) => waits.some((wait) => wait.table === table)),
    ...(production !== undefined && { limitMs }),
  };
  const tooLong = waits.filter(({ grade }) => grade === 'too long');
  if (tooLong.length > 0)
    return failed(
      withRemedy(
        told(tooLong, (wait) => failedWait(wait, production)),
        tooLong,
      ),
      facts,
    );
  const unknown = waits.filter(({ grade }) => grade === 'unknown');
  if (unknown.length > 0)
    return open(
      withRemedy(
        told(unknown, (wait) => openWait(wait, production)),
        unknown,
      ),
      facts,
    );
  return proved(borneInWords(waits, production), facts);
};

const workOf = (
  { line, table }: Wait,
  statements: readonly MeasuredStatement[],
  assessed: readonly LockingStatement[],
) => {
  const position = assessed.findIndex((one) => one.line === line);
  return {
    rewritten: statements[position]?.rewritten.includes(table) ?? false,
    rowsScanned: assessed[position]?.rowsScanned ?? 0,
  };
};

const isOfRows = ({ mode }: Wait) => (rowStrengths as readonly string[]).includes(mode);

const borneInWords = (waits: readonly Wait[], production: Production): string => {
  const longest = Math.max(0, ...waits.map(({ heldMs }) => heldMs));
  const rows = waits.filter(isOfRows);
  const tables = waits.length - rows.length;
  const inProduction = waits.filter(({ growing }) => growing.length > 0).map((wait) => wait.production?.mostMs ?? 0);
  return [
    tables === 0
      ? 'measured on the branch: no lock stopped readers or writers of an existing table'
      : `measured on the branch: ${count(tables, 'blocking lock')} on existing tables, none held longer than ${seconds(longest)}`,
    ...rows
      .slice(0, mostTold)
      .map(({ line, what, blocks, heldMs }) => `line ${line} stops ${blocks} for ${timeInWords(heldMs)} by ${what}`),
    ...(production && inProduction.length > 0
      ? [
          `in production at most about ${timeInWords(Math.max(...inProduction))} (an estimate in proportion to rows or bytes)`,
        ]
      : []),
  ].join('; ');
};
