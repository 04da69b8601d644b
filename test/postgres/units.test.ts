import { target, withTarget } from './database-arrangements';
import { plansOf, run } from './units-arrangements';

const jobs = 'CREATE TABLE jobs (id int, note text); INSERT INTO jobs SELECT n, n FROM generate_series(1, 500) n';
const build = 'CREATE INDEX CONCURRENTLY jobs_note ON jobs (note)';
const indexes =
  "SELECT c.relname AS index, indisvalid AS valid FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = 'jobs'::regclass ORDER BY 1";

test('what cannot be in a transaction runs between transactions, and the ledger row comes with the last unit', () =>
  withTarget(jobs, async ({ database, query }) => {
    const { apply } = await plansOf([
      'ALTER TABLE jobs ADD due date',
      build,
      'VACUUM jobs',
      'ALTER TABLE jobs ADD b int',
    ]);

    const outcome = await database.applyMigration(target, apply);
    const again = await database.applyMigration(target, apply);

    expect(outcome).toMatchObject({ wasAppliedBefore: false, entry: { version: '001', runId: 'run-1' } });
    expect(outcome.statements.map(({ index, line }) => [index, line])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(again).toEqual({ entry: outcome.entry, statements: [], wasAppliedBefore: true });
    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
    expect(
      await query(
        'SELECT unit, units, description, done_at IS NOT NULL AS done FROM migration_checklist.restart_point ORDER BY 1',
      ),
    ).toEqual([
      { unit: 0, units: 4, description: '1 of 4 (line 1, one transaction)', done: true },
      { unit: 1, units: 4, description: '2 of 4 (line 2, CREATE INDEX CONCURRENTLY)', done: true },
      { unit: 2, units: 4, description: '3 of 4 (line 3, VACUUM)', done: true },
      { unit: 3, units: 4, description: '4 of 4 (line 4, one transaction)', done: true },
    ]);
  }));

test('an ordinary migration leaves no restart point: its ledger row is one', () =>
  withTarget(jobs, async ({ database, query }) => {
    await database.applyMigration(target, (await plansOf(['ALTER TABLE jobs ADD due date', 'SELECT 1'])).apply);

    expect(await query('SELECT FROM migration_checklist.restart_point')).toEqual([]);
    expect(await database.readLedger(target)).toHaveLength(1);
  }));

test('what the file has SET holds in every unit, and a temporary table in none but its own', () =>
  withTarget('CREATE SCHEMA shop; CREATE TABLE shop.carts (id int)', async ({ database, query }) => {
    const { apply } = await plansOf([
      'SET search_path = shop',
      'CREATE TEMPORARY TABLE scratch AS SELECT 1 AS id',
      'CREATE INDEX CONCURRENTLY carts_id ON carts (id)',
      "CREATE TABLE told AS SELECT to_regclass('scratch') IS NULL AS is_gone",
    ]);

    await database.applyMigration(target, apply);

    expect(await query("SELECT to_regclass('shop.carts_id')::text AS index")).toEqual([{ index: 'shop.carts_id' }]);
    expect(await query('SELECT is_gone FROM shop.told')).toEqual([{ is_gone: true }]);
  }));

test('a unit that fails leaves those before it, says so, and nothing of itself', () =>
  withTarget(jobs, async ({ database, query }) => {
    await query("INSERT INTO jobs VALUES (501, '1')");
    const { apply } = await plansOf([
      'ALTER TABLE jobs ADD due date',
      'CREATE UNIQUE INDEX CONCURRENTLY jobs_note ON jobs (note)',
      'VACUUM jobs',
    ]);

    await expect(database.applyMigration(target, apply)).rejects.toMatchObject({
      name: 'StatementFailed',
      message: expect.stringMatching(
        /^statement 2 \(line 2\): .*23505.*; the statement left nothing behind; committed before it: unit 1 of 3 \(line 1, one transaction\)$/,
      ),
      details: { sqlState: '23505', line: 2, statement: 1 },
    });
    expect(await query(indexes)).toEqual([]);
    expect(await database.establishOutcome(target, run)).toEqual({
      entry: null,
      progress: { ...run, committed: ['1 of 3 (line 1, one transaction)'], units: 3 },
    });
  }));

test('a first unit that fails leaves nothing, and it is known', () =>
  withTarget(jobs, async ({ database, query }) => {
    await query("INSERT INTO jobs VALUES (501, '1')");
    const { apply } = await plansOf(['CREATE UNIQUE INDEX CONCURRENTLY jobs_note ON jobs (note)', 'SELECT 1']);

    await expect(database.applyMigration(target, apply)).rejects.toMatchObject({ name: 'StatementFailed' });

    expect(await database.establishOutcome(target, run)).toEqual({ entry: null, progress: null });
    expect(await query(indexes)).toEqual([]);
    expect(await query('SELECT FROM migration_checklist.restart_point')).toEqual([]);
  }));

test('nothing is built upon what another run left half applied', () =>
  withTarget(jobs, async ({ database, query }) => {
    await query("INSERT INTO jobs VALUES (501, '1')");
    const up = ['ALTER TABLE jobs ADD due date', 'CREATE UNIQUE INDEX CONCURRENTLY jobs_note ON jobs (note)'];
    await expect(database.applyMigration(target, (await plansOf(up)).apply)).rejects.toThrow();

    const other = await plansOf(['CREATE TABLE other ()'], ['DROP TABLE other'], { runId: 'run-2' });

    await expect(database.applyMigration(target, other.apply)).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringMatching(
        /^version 001 of run run-1 is partly applied: unit 1 of 2 .*; take back what stands, .*npm run settle -- 001/,
      ),
    });
  }));

test.each(['', 'IF NOT EXISTS '])('an INVALID index of somebody else is not taken for finished (%s)', (ifNotExists) =>
  withTarget(jobs, async ({ database, query }) => {
    await query("INSERT INTO jobs VALUES (501, '1')");
    await expect(query('CREATE UNIQUE INDEX CONCURRENTLY jobs_note ON jobs (note)')).rejects.toThrow(
      'could not create unique index',
    );
    const { apply } = await plansOf([`CREATE INDEX CONCURRENTLY ${ifNotExists}jobs_note ON jobs (note)`]);

    await expect(database.applyMigration(target, apply)).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringContaining('the index public.jobs_note is there and INVALID'),
    });
    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: false }]);
    expect(await database.establishOutcome(target, run)).toEqual({ entry: null, progress: null });
  }),
);

test('a valid index that is there is left by IF NOT EXISTS, and fails without it', () =>
  withTarget(`${jobs}; CREATE INDEX jobs_note ON jobs (note)`, async ({ database, query }) => {
    await expect(database.applyMigration(target, (await plansOf([build])).apply)).rejects.toMatchObject({
      name: 'StatementFailed',
      details: { sqlState: '42P07' },
    });
    const lenient = await plansOf(['CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_note ON jobs (note)']);
    await database.applyMigration(target, lenient.apply);

    expect(await query(indexes)).toEqual([{ index: 'jobs_note', valid: true }]);
  }));

test('half a migration is rolled back: what it never did is skipped, and the version is free again', () =>
  withTarget(jobs, async ({ database, query }) => {
    const before = await database.readCatalog(target);
    await query("INSERT INTO jobs VALUES (501, '1')");
    const up = [
      'ALTER TABLE jobs ADD due date',
      'CREATE UNIQUE INDEX CONCURRENTLY jobs_note ON jobs (note)',
      'CREATE TABLE other ()',
    ];
    const down = ['DROP TABLE other', 'DROP INDEX CONCURRENTLY jobs_note', 'ALTER TABLE jobs DROP COLUMN due'];
    const plans = await plansOf(up, down);
    await expect(database.applyMigration(target, plans.apply)).rejects.toThrow('23505');

    const back = await database.rollBack(target, plans.rollBack);
    const again = await database.rollBack(target, plans.rollBack);

    expect(back.statements.map(({ line, wasPassedOver }) => [line, wasPassedOver ?? false])).toEqual([
      [5, true],
      [7, false],
    ]);
    expect(again).toEqual({ statements: [], rolledBackAt: back.rolledBackAt });
    expect(await database.readCatalog(target)).toEqual(before);
    expect(await database.establishOutcome(target, run)).toEqual({ entry: null, progress: null });
    await query('DELETE FROM jobs WHERE id = 501');
    const other = await plansOf(up, down, { runId: 'run-2' });
    expect(await database.applyMigration(target, other.apply)).toMatchObject({ wasAppliedBefore: false });
  }));

test('a whole migration is rolled back unit by unit, and nothing is passed over in it', () =>
  withTarget(jobs, async ({ database }) => {
    const before = await database.readCatalog(target);
    const plans = await plansOf(
      ['ALTER TABLE jobs ADD due date', build],
      ['DROP INDEX CONCURRENTLY jobs_note', 'ALTER TABLE jobs DROP COLUMN due'],
    );
    await database.applyMigration(target, plans.apply);

    const missing = await plansOf([build], ['DROP INDEX CONCURRENTLY jobs_note', 'DROP TABLE other']);
    await expect(database.rollBack(target, missing.rollBack)).rejects.toMatchObject({
      name: 'StatementFailed',
      message: expect.stringContaining('committed before it: unit 1 of 2'),
    });
    expect(await database.readLedger(target)).toMatchObject([{ rolledBackAt: null }]);
    const back = await database.rollBack(target, plans.rollBack);
    const again = await database.rollBack(target, plans.rollBack);

    expect(again).toEqual({ statements: [], rolledBackAt: back.rolledBackAt });
    expect(await database.readLedger(target)).toMatchObject([{ rolledBackAt: back.rolledBackAt }]);
    expect(await database.readCatalog(target)).toEqual(before);
  }));

test('the phases of a rehearsal continue after the units that are done, and return the measurements', () =>
  withTarget(jobs, async ({ database }) => {
    const { apply } = await plansOf(['ALTER TABLE jobs ADD due date', build]);

    const first = await database.rehearse(target, 'up', apply.statements, apply.limits);
    const second = await database.rehearse(target, 'up', apply.statements, apply.limits);

    expect(first.map(({ summary }) => summary)).toEqual(['ALTER TABLE jobs ADD due date', build]);
    expect(second).toEqual(first);
  }));

test.each([
  [
    'an enum value that is used in the transaction that adds it',
    ["ALTER TYPE mood ADD VALUE 'ok'", "INSERT INTO people VALUES ('ok')"],
    /^statement 2 \(line 2\): unsafe use of new value "ok" .*55P04.*move what uses it to the next migration$/,
  ],
  [
    'a partitioned table that is rebuilt without CONCURRENTLY',
    ['REINDEX TABLE parts'],
    /^statement 1 \(line 1\): .*25001.*; PostgreSQL runs it outside a transaction only/,
  ],
  [
    'a block that commits',
    ['DO $$ BEGIN COMMIT; END $$'],
    /^statement 1 \(line 1\): .*2D000.*; a procedure or block that commits cannot be part of a migration$/,
  ],
])('%s fails with what to do about it', (_, up, words) =>
  withTarget(
    `CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (m mood);
     CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)`,
    async ({ database }) => {
      const { apply } = await plansOf(up);

      await expect(database.applyMigration(target, apply)).rejects.toMatchObject({
        name: 'StatementFailed',
        message: expect.stringMatching(words),
      });
    },
  ),
);

test('an enum value can be used in the unit behind the one that adds it', () =>
  withTarget("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (m mood)", async ({ database, query }) => {
    const { apply } = await plansOf([
      "ALTER TYPE mood ADD VALUE 'ok'",
      'VACUUM people',
      "INSERT INTO people VALUES ('ok')",
    ]);

    await database.applyMigration(target, apply);

    expect(await query('SELECT m FROM people')).toEqual([{ m: 'ok' }]);
  }));
