/** Who had to wait in a dry run, for how long, and what becomes of it in production: worst first. */
import { counted, grouped } from '#domain/count';
import type { Blocked } from '#domain/locks/lock-modes';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import { type GradedStatement, isCovering, type TableLock } from './grade-statements';
import type { Growth } from './growth';
import { isNoise, isUnknown, type ProductionTime, tableIn, timeInProduction, type Unknown } from './production-time';
import type { RowLock } from './row-locks';

/** `too long`: longer than the limit, here or in production. `unknown`: nobody can say for production. */
export type WaitGrade = 'too long' | 'unknown' | 'borne';

export type Wait = {
  readonly line: number;
  readonly table: string;
  /** `AccessExclusiveLock on public.orders`, `500,000 rows of public.orders`. */
  readonly what: string;
  /** The table or its index; of locks on rows the table. */
  readonly relation: string;
  /** Of locks on rows how PostgreSQL grades them, `FOR UPDATE`. */
  readonly mode: string;
  /** Who waits. */
  readonly blocks: string;
  readonly heldMs: number;
  readonly grade: WaitGrade;
  /** Null where nobody can say. */
  readonly production: ProductionTime | null;
  /** The statements that take the time, and what each grows with. */
  readonly growing: readonly {
    readonly line: number;
    readonly durationMs: number;
    readonly growth: readonly Growth[];
  }[];
  readonly unknown: Unknown['reason'] | null;
};

type Graded = Pick<GradedStatement, 'line' | 'startedAtMs' | 'durationMs' | 'locks' | 'rowLocks' | 'growth'>;

type Held = Pick<Wait, 'line' | 'table' | 'what' | 'relation' | 'mode' | 'blocks' | 'heldMs'> & {
  readonly fromMs: number;
};

export type Judging = { readonly production: ProductionStatistics | null; readonly limitMs: number };

const heldTable = (line: number, { table, relation, mode, blocks, heldMs, fromMs }: TableLock): Held => ({
  line,
  table,
  what: `${mode} on ${relation}`,
  relation,
  mode,
  blocks,
  heldMs,
  fromMs,
});

const heldRows = (line: number, { table, strength, rows, blocks, heldMs, fromMs }: RowLock): Held => ({
  line,
  table,
  what: `${rows === null ? 'locks on an unknown number of rows' : `locks on ${counted(rows, 'row')}`} of ${table}`,
  relation: table,
  mode: strength,
  blocks,
  heldMs,
  fromMs,
});

const stopsWriters: readonly Blocked[] = ['writers', 'readers and writers'];

/** The locks that stop somebody; one that an earlier one covers adds nothing to it. */
const heldLocks = (statements: readonly Graded[]): readonly Held[] =>
  statements.flatMap(({ line, locks, rowLocks = [] }, position) => {
    const earlier = statements.slice(0, position).flatMap((one) => one.locks);
    const tables = locks
      .filter(({ blocks }) => blocks !== 'nobody')
      .filter((lock) => !earlier.some((held) => isCovering(held, lock)));
    const isStopped = ({ table, fromMs }: RowLock) =>
      [...earlier, ...locks].some(
        (held) => held.table === table && stopsWriters.includes(held.blocks) && held.fromMs + held.heldMs > fromMs,
      );
    const rows = rowLocks.filter((lock) => lock.strength !== 'FOR KEY SHARE' && !isStopped(lock));
    return [...tables.map((lock) => heldTable(line, lock)), ...rows.map((lock) => heldRows(line, lock))];
  });

/** The statements that ran while the lock was held. */
const during = ({ fromMs, heldMs }: Held, statements: readonly Graded[]) =>
  statements.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < fromMs + heldMs);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const gradeOf = (heldMs: number, production: ProductionTime, isPartial: boolean, limitMs: number): WaitGrade => {
  if (heldMs > limitMs || production.leastMs > limitMs) return 'too long';
  return isPartial || production.mostMs > limitMs ? 'unknown' : 'borne';
};

const waitOf = (held: Held, statements: readonly Graded[], { production, limitMs }: Judging): Wait => {
  const meanwhile = during(held, statements);
  const times = meanwhile.map((statement) => timeInProduction(statement, production));
  const unknown = times.find(isUnknown) ?? null;
  const known = times.map((time, at) =>
    isUnknown(time) ? { leastMs: meanwhile[at]?.durationMs ?? 0, mostMs: meanwhile[at]?.durationMs ?? 0 } : time,
  );
  const { heldMs, ...lock } = held;
  // The looks between the statements, and the commit.
  const besidesMs = Math.max(0, heldMs - sum(meanwhile.map(({ durationMs }) => durationMs)));
  const total: ProductionTime = {
    leastMs: besidesMs + sum(known.map(({ leastMs }) => leastMs)),
    mostMs: besidesMs + sum(known.map(({ mostMs }) => mostMs)),
  };
  const growing = meanwhile
    .filter(({ growth = [] }) => growth.length > 0)
    .map(({ line: at, durationMs, growth = [] }) => ({ line: at, durationMs, growth }));
  return {
    ...lock,
    heldMs,
    growing,
    grade: gradeOf(heldMs, total, unknown !== null, limitMs),
    production: unknown ? null : total,
    unknown: unknown?.reason ?? null,
  };
};

const grades: readonly WaitGrade[] = ['too long', 'unknown', 'borne'];

const lengthOf = ({ heldMs, production }: Wait) => Math.max(heldMs, production?.mostMs ?? 0);

/** Worst first, then the longest. `statements` in their order. */
export const waitsOf = (statements: readonly Graded[], judging: Judging): readonly Wait[] =>
  heldLocks(statements)
    .map((held) => waitOf(held, statements, judging))
    .sort((one, other) => grades.indexOf(one.grade) - grades.indexOf(other.grade) || lengthOf(other) - lengthOf(one));

/** `0.71 s`, `95 s`, `7 ms`. */
export const timeInWords = (ms: number): string =>
  ms < 100 ? `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;

const workInWords: Readonly<Record<Growth['work'], string>> = {
  rewrite: 'every row is written anew',
  scan: 'every row is read',
  'index build': 'an index is built from every row',
  rows: 'rows are changed or locked',
};

/** Fewer give no rate, not even an upper bound that says anything. */
const fewestRows = 100;

/** `public.orders (every row is read, 7 ms per 1,000 rows here)`. */
export const growthInWords = (durationMs: number, growth: Growth): string => {
  const { table, work, rowsHere, wasSeen } = growth;
  if (!wasSeen || rowsHere === 0) return `${table} (${workInWords[work]}; 0 rows here, so nothing was measured)`;
  if (rowsHere === null) return `${table} (${workInWords[work]})`;
  // A rate would be of thousands of rows that are not there.
  if (rowsHere < fewestRows)
    return `${table} (${workInWords[work]}; ${counted(rowsHere, 'row')} here, too few to measure)`;
  const rate = `${timeInWords((durationMs / rowsHere) * 1000)} per 1,000 rows here`;
  return `${table} (${workInWords[work]}; ${isNoise(durationMs, growth) ? `at most ${rate}, too little to measure` : rate})`;
};

/** `1,000 rows of public.orders here, 2,100,000 there`. */
export const sizesInWords = (growth: readonly Growth[], production: ProductionStatistics): string =>
  growth
    .map(({ table, rowsHere }) => {
      const there = tableIn(production, table);
      return `${rowsHere === null ? 'an unknown number of rows' : counted(Math.round(rowsHere), 'row')} of ${table} here, ${there ? grouped(Math.round(there.rows)) : 'an unknown number'} there`;
    })
    .join(', ');
