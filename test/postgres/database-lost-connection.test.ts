import { throughCuttingRelay } from './cutting-relay';
import { databaseAt, lease, plan, planBack, runOf, target, withTarget } from './database-arrangements';

test('a connection cut while COMMIT is answered leaves the outcome unknown, and the ledger knows it', () =>
  withTarget('', async ({ database, connection, query }) => {
    await database.acquireLease(target, lease('run-1', 60_000));
    await throughCuttingRelay(connection, 'when COMMIT is answered', async (relayed) => {
      const lost = databaseAt(relayed).applyMigration(target, plan(['CREATE TABLE a (id int)']));
      await expect(lost).rejects.toMatchObject({
        name: 'OutcomeUnknown',
        message: expect.stringContaining('records whether it was committed'),
      });
    });

    const { entry } = await database.establishOutcome(target, { version: '001', runId: 'run-1' });
    const again = await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));

    expect(entry).toMatchObject({ version: '001', runId: 'run-1' });
    expect(again).toEqual({ entry, statements: [], wasAppliedBefore: true });
    expect(await query("SELECT to_regclass('a')::text AS a")).toEqual([{ a: 'a' }]);
  }));

test('a connection cut before COMMIT arrives leaves the outcome unknown as well, and the ledger says no', () =>
  withTarget('', async ({ database, connection, query }) => {
    await database.acquireLease(target, lease('run-1', 60_000));
    await throughCuttingRelay(connection, 'when COMMIT is asked', async (relayed) => {
      const lost = databaseAt(relayed).applyMigration(target, plan(['CREATE TABLE a (id int)']));
      await expect(lost).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    });

    expect(await database.establishOutcome(target, { version: '001', runId: 'run-1' })).toEqual({
      entry: null,
      progress: null,
    });
    expect(await query("SELECT to_regclass('a')::text AS a")).toEqual([{ a: null }]);
    const again = await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));
    expect(again.wasAppliedBefore).toBe(false);
  }));

test('a rollback whose COMMIT was not answered is found done by the next attempt', () =>
  withTarget('', async ({ database, connection }) => {
    await database.applyMigration(target, plan(['CREATE TABLE a (id int)']));
    // The relay knows the worker by the name of its run.
    const back = planBack(['DROP TABLE a'], runOf('run-1', { owner: null }), runOf('run-1'));
    await database.acquireLease(target, lease('run-1', 60_000));
    await throughCuttingRelay(connection, 'when COMMIT is answered', async (relayed) => {
      await expect(databaseAt(relayed).rollBack(target, back)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    });

    const again = await database.rollBack(target, back);

    expect(again.statements).toEqual([]);
    expect(await database.readLedger(target)).toMatchObject([{ rolledBackAt: again.rolledBackAt }]);
  }));

test('a session that is ended in the middle of a statement has changed nothing', () =>
  withTarget('', async ({ database, query }) => {
    const killed = database.applyMigration(
      target,
      plan(['CREATE TABLE a (id int)', 'SELECT pg_terminate_backend(pg_backend_pid())']),
    );

    await expect(killed).rejects.toMatchObject({
      name: 'DatabaseUnreachable',
      message: expect.stringContaining('terminating connection due to administrator command'),
    });
    expect(await database.establishOutcome(target, { version: '001', runId: 'run-1' })).toEqual({
      entry: null,
      progress: null,
    });
    expect(await query("SELECT to_regclass('a')::text AS a")).toEqual([{ a: null }]);
  }));

test('a session that a deferred trigger ends at the end of the migration has changed nothing', () =>
  withTarget(
    `CREATE TABLE a (id int);
     CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER late AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`,
    async ({ database, query }) => {
      const killed = database.applyMigration(target, plan(['INSERT INTO a VALUES (1)']));

      await expect(killed).rejects.toMatchObject({ name: 'DatabaseUnreachable' });
      expect(await query('SELECT FROM a')).toEqual([]);
      expect(await database.readLedger(target)).toEqual([]);
    },
  ));

test('a server that nobody answers for is unreachable, and the message has no password', () =>
  withTarget('', async ({ connection }) => {
    const nobody = databaseAt({ ...connection, port: 1, password: 'very-secret' });

    await expect(nobody.identify(target)).rejects.toMatchObject({
      name: 'DatabaseUnreachable',
      message: expect.stringMatching(/^cannot connect to 127\.0\.0\.1:1, .*ECONNREFUSED(?!.*very-secret)/),
    });
  }));

test('the error for a wrong password names server and role, without the password', () =>
  withTarget('', async ({ connection }) => {
    const stranger = databaseAt({ ...connection, password: 'very-secret' });

    await expect(stranger.identify(target)).rejects.toMatchObject({
      name: 'DatabaseUnreachable',
      message: expect.stringMatching(/^(?!.*very-secret).*password authentication failed for user "owner"/),
    });
  }));
