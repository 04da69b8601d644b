/** How long a migration of several units lasted, when they ran in more than one attempt. */
import { target, withTarget } from './database-arrangements';
import { plansOf } from './units-arrangements';

const jobs = 'CREATE TABLE jobs (id int, note text); INSERT INTO jobs SELECT n, n FROM generate_series(1, 500) n';
const build = 'CREATE INDEX CONCURRENTLY jobs_note ON jobs (note)';
const secondsOfUnits =
  "UPDATE migration_checklist.restart_point SET duration_ms = 1000 * (unit + 1) WHERE done_at IS NOT NULL AND phase = 'apply'";

test('a migration that goes on behind units of an earlier attempt lasted as long as all of them', () =>
  withTarget(jobs, async ({ database, query }) => {
    await query("INSERT INTO jobs VALUES (501, '1')");
    const { apply } = await plansOf([
      'ALTER TABLE jobs ADD due date',
      'CREATE UNIQUE INDEX CONCURRENTLY jobs_note ON jobs (note)',
    ]);
    await expect(database.applyMigration(target, apply)).rejects.toThrow('23505');
    await query(`${secondsOfUnits}; DELETE FROM jobs WHERE id = 501`);

    const { entry } = await database.applyMigration(target, apply);

    const [build] = await query('SELECT duration_ms::int AS ms FROM migration_checklist.restart_point WHERE unit = 1');
    expect(entry.durationMs).toBe(1000 + Number(build?.['ms']));
  }));

test('all units stand and the row in the ledger is missing: it is made anew, with what the units lasted together', () =>
  withTarget(jobs, async ({ database, query }) => {
    const { apply } = await plansOf(['ALTER TABLE jobs ADD due date', build, 'SELECT 1']);
    await database.applyMigration(target, apply);
    await query(`${secondsOfUnits}; DELETE FROM migration_checklist.ledger`);

    const { entry, wasAppliedBefore } = await database.applyMigration(target, apply);

    expect(entry.durationMs).toBe(1000 + 2000 + 3000);
    expect(wasAppliedBefore).toBe(false);
    expect(await database.readLedger(target)).toEqual([entry]);
  }));

test('what a later unit ran begins where the units before it ended', () =>
  withTarget(jobs, async ({ database, query }) => {
    const { statements } = await database.applyMigration(
      target,
      (await plansOf(['SELECT pg_sleep(0.02)', build])).apply,
    );

    const [first] = await query('SELECT duration_ms::int AS ms FROM migration_checklist.restart_point WHERE unit = 0');
    expect(first?.['ms']).toBeGreaterThan(0);
    expect(statements.map(({ startedAtMs }) => startedAtMs)).toEqual([0, first?.['ms']]);
  }));
