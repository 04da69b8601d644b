/**
 * How long a migration takes to be rehearsed on a schema of 100 tables, both copies and all snapshots included, and how long the server
 * alone needs for the least of it: a copy, and the statements up, down and up again.
 */
import { withSession } from '#adapters/postgres/session/session';
import { recogniseFolder } from '#domain/folders/recognise';
import { withRehearsalGround } from '#local/rehearsal/ground';
import { rehearseFolder } from '#local/rehearsal/rehearse-folder';
import { isFine } from '#local/rehearsal/result';
import type { ScratchDatabases } from '#local/rehearsal/scratch-databases';
import { createTable } from './table';

export type RehearseMeasurement = {
  readonly tables: number;
  readonly migrations: number;
  /** Median of the time per migration, without the one that makes the tables. */
  readonly medianMs: number;
  /** Median of the same migrations on a copy, where nothing is looked at: the pace of this machine. */
  readonly leastMs: number;
};

const makeTables = (count: number) => `DO $$ BEGIN FOR number IN 1..${count} LOOP
  ${createTable}
END LOOP; END $$`;

const dropTables = (count: number) => `DO $$ BEGIN FOR number IN 1..${count} LOOP
  EXECUTE format('DROP TABLE bench_%s', number);
END LOOP; END $$`;

/** What migrations mostly are: a column, an index, a constraint, a table that refers to another. */
const changes: readonly (readonly [up: (number: number) => string, down: (number: number) => string])[] = [
  [(n) => `ALTER TABLE bench_${n} ADD COLUMN extra text`, (n) => `ALTER TABLE bench_${n} DROP COLUMN extra`],
  [(n) => `CREATE INDEX extra_${n} ON bench_${n} (title)`, (n) => `DROP INDEX extra_${n}`],
  [
    (n) => `ALTER TABLE bench_${n} ADD CONSTRAINT amount_${n} CHECK (amount >= 0)`,
    (n) => `ALTER TABLE bench_${n} DROP CONSTRAINT amount_${n}`,
  ],
  [
    (n) => `CREATE TABLE part_${n} (id bigint PRIMARY KEY, whole_id bigint NOT NULL REFERENCES bench_${n})`,
    (n) => `DROP TABLE part_${n}`,
  ],
];

/** The SQL of a migration by its number, from 1. */
const changeOf = (number: number) => {
  const [up, down] = changes[(number - 1) % changes.length] ?? [String, String];
  return { up: up(number), down: down(number) };
};

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const folderOf = (tables: number, migrations: number) => {
  const file = (number: number, direction: 'up' | 'down', sql: string) => ({
    path: `${String(number).padStart(3, '0')}_change.${direction}.sql`,
    bytes: Buffer.from(sql),
  });
  return recogniseFolder([
    ...[file(0, 'up', makeTables(tables)), file(0, 'down', dropTables(tables))],
    ...numbersTo(migrations).flatMap((number) => {
      const { up, down } = changeOf(number);
      return [file(number, 'up', up), file(number, 'down', down)];
    }),
  ]);
};

const medianOf = (times: readonly number[]) => [...times].sort((one, other) => one - other)[times.length >> 1] ?? 0;

const measureLeast = async (databases: ScratchDatabases, tables: number, migrations: number): Promise<number> => {
  const template = await databases.makeEmpty();
  await withSession(template, (session) => session.query(makeTables(tables)));
  const times: number[] = [];
  for (const number of numbersTo(migrations)) {
    const { up, down } = changeOf(number);
    const startedAtMs = performance.now();
    const copy = await databases.copy(template);
    await withSession(copy, async (session) => {
      for (const sql of [up, down, up]) await session.query(sql);
    });
    times.push(performance.now() - startedAtMs);
    databases.drop(copy);
    await databases.settle();
  }
  return medianOf(times);
};

/** Throws when a verdict is wrong: a fast wrong answer is no measurement. */
export const measureRehearse = async (tables = 100, migrations = 20): Promise<RehearseMeasurement> => {
  const never = new Promise<never>(() => undefined);
  const options = { databaseUrl: null, statementTimeoutMs: 60_000 };
  return withRehearsalGround(options, never, async ({ ground, start }) => {
    const leastMs = await measureLeast(ground.databases, tables, migrations);
    const selection = { before: [], rehearsed: folderOf(tables, migrations).migrations };
    const results = await rehearseFolder(ground, start, selection, {
      keepGoing: false,
      interrupted: never,
      onStart: () => undefined,
      onResult: (result) => {
        if (!isFine(result)) throw new Error(`${result.migration} is ${result.rollback ?? result.error?.message}`);
      },
      onNote: () => undefined,
    });
    return { tables, migrations, medianMs: medianOf(results.slice(1).map(({ durationMs }) => durationMs)), leastMs };
  });
};
