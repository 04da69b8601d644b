import startPostgres from '#test/support/start-postgres';
import stopPostgres from '#test/support/stop-postgres';
import { limits, statements, target, withTarget } from './database-arrangements';

// The log is the whole server's: on the one that all tests share, others write all the time.
beforeAll(startPostgres, 60_000);
afterAll(stopPostgres);

const jobs = `CREATE TABLE jobs (id bigint PRIMARY KEY, note varchar(10));
  INSERT INTO jobs SELECT n FROM generate_series(1, 500) n; CREATE TABLE busy (id int)`;

test('what a statement wrote to the log is measured', () =>
  withTarget(jobs, async ({ database }) => {
    const runs = await database.rehearse(
      target,
      'up',
      statements('SELECT 1', "COMMENT ON TABLE jobs IS 'work'", "UPDATE jobs SET note = 'x'"),
      limits,
    );

    const [select, comment, update] = runs.map(({ walBytes }) => walBytes ?? Number.NaN);
    expect(select).toBe(0);
    expect(comment).toBeGreaterThan(0);
    expect(update).toBeGreaterThan(500 * 30);
  }));

test('log that other sessions write meanwhile is not attributed to a statement', () =>
  withTarget(jobs, async ({ database, query }) => {
    const other = query(
      'DO $$ BEGIN FOR n IN 1..60 LOOP INSERT INTO busy VALUES (n); COMMIT; PERFORM pg_sleep(0.02); END LOOP; END $$',
    );
    const beside = await database.rehearse(target, 'up', statements('SELECT pg_sleep(0.2)'), limits);
    await other;
    const alone = await database.rehearse(target, 'down', statements('SELECT pg_sleep(0.2)'), limits);

    expect([beside, alone].map(([run]) => run?.walBytes)).toEqual([null, 0]);
  }));
