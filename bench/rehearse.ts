/** How long a migration takes to be rehearsed on a schema of 100 tables: both copies and all snapshots included. */
import { recogniseFolder } from '#domain/folders/recognise';
import { withRehearsalGround } from '#local/rehearsal/ground';
import { rehearseFolder } from '#local/rehearsal/rehearse-folder';
import { isFine } from '#local/rehearsal/result';
import { createTable } from './table';

export type RehearseMeasurement = {
  readonly tables: number;
  readonly migrations: number;
  /** Median of the time per migration, without the one that makes the tables. */
  readonly medianMs: number;
  readonly slowestMs: number;
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

const folderOf = (tables: number, migrations: number) => {
  const file = (number: number, direction: 'up' | 'down', sql: string) => ({
    path: `${String(number).padStart(3, '0')}_change.${direction}.sql`,
    bytes: Buffer.from(sql),
  });
  return recogniseFolder([
    ...[file(0, 'up', makeTables(tables)), file(0, 'down', dropTables(tables))],
    ...Array.from({ length: migrations }, (_, index) => {
      const [up, down] = changes[index % changes.length] ?? [String, String];
      return [file(index + 1, 'up', up(index + 1)), file(index + 1, 'down', down(index + 1))];
    }).flat(),
  ]);
};

/** Throws when a verdict is wrong: a fast wrong answer is no measurement. */
export const measureRehearse = async (tables = 100, migrations = 20): Promise<RehearseMeasurement> => {
  const never = new Promise<never>(() => undefined);
  const options = { databaseUrl: null, statementTimeoutMs: 60_000 };
  const results = await withRehearsalGround(options, never, ({ ground, start }) =>
    rehearseFolder(
      ground,
      start,
      { before: [], rehearsed: folderOf(tables, migrations).migrations },
      {
        keepGoing: false,
        interrupted: never,
        onStart: () => undefined,
        onResult: (result) => {
          if (!isFine(result)) throw new Error(`${result.migration} is ${result.rollback ?? result.error?.message}`);
        },
        onNote: () => undefined,
      },
    ),
  );
  const times = results.slice(1).map(({ durationMs }) => durationMs);
  times.sort((one, other) => one - other);
  return { tables, migrations, medianMs: times[times.length >> 1] ?? 0, slowestMs: times.at(-1) ?? 0 };
};
