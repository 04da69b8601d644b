/** What a role or a database has set for its sessions must neither end ours nor change what they read. */
import { createScratch, madeByUs, newNote, scratchNameOf } from '#adapters/postgres/scratch/scratch-database';
import { withOwnSession } from '#adapters/postgres/session/session';
import { pendingMigrations, startRun } from '#local/runs';
import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test('limits and forms of values that the role has set neither end our sessions nor change what they read', () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    const settings = {
      idle_session_timeout: '100ms',
      idle_in_transaction_session_timeout: '100ms',
      transaction_timeout: '500ms',
      statement_timeout: '200ms',
      lock_timeout: '100ms',
      default_transaction_read_only: 'on',
      default_transaction_isolation: 'serializable',
      DateStyle: 'German',
      IntervalStyle: 'sql_standard',
      bytea_output: 'escape',
      extra_float_digits: '-15',
      quote_all_identifiers: 'on',
    };
    await truthCase.owner('CREATE TABLE figures (a float8, b timestamptz); INSERT INTO figures VALUES (0.1, now())');
    for (const [name, value] of Object.entries(settings))
      await truthCase.superuser(`ALTER ROLE ${truthCase.role} SET ${name} = '${value}'`);

    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true, message: 'demonstration, no sign-off: nobody looked (--yes)' }]);
    expect(boxOf(report, '5.2')).toMatchObject({ answer: 'proved' });
    expect(boxOf(report, '13.2')).toMatchObject({ answer: 'proved' });
  }));

test('a copy half made by an attempt that was killed is dropped when the run is closed', () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    await truthCase.withRuntime(async (runtime) => {
      const { ports } = runtime;
      const target = await ports.platform.connection({ branchId: 'target' });
      // Of this role only: other tests make and drop theirs on the same server.
      const ours = async () =>
        (
          await truthCase.superuser(
            `SELECT datname FROM pg_database WHERE datconnlimit = ${madeByUs} AND datdba = '${truthCase.role}'::regrole`,
          )
        ).length;
      const before = await ours();
      // As the function that was killed left it: made, and its evidence not written.
      ports.platform.createBranch = async ({ name }) => {
        for (const half of [name, name.replace('rehearsal', 'restore')])
          await withOwnSession(target, (session) =>
            createScratch(session, scratchNameOf(half), newNote(half, new Date())),
          );
        throw new Error('killed');
      };
      const [migration = ''] = await pendingMigrations(runtime, null);

      expect(await startRun(runtime, migration)).toMatchObject({ isSignedOff: false });
      expect(await ours()).toBe(before);
    });
  }));
