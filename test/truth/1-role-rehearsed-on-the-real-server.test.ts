import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

const roleIsThere = "SELECT 1 FROM pg_roles WHERE rolname = 'bugs_reporting'";

test("a role is not made by a rehearsal on the target's own server, and the run goes on with open boxes", () =>
  withCase('1-role-rehearsed-on-the-real-server', { roleOptions: 'CREATEROLE' }, async ({ run, superuser }) => {
    try {
      const { ends, report } = await run();

      // Were it made before the apply, Step 8 would fail on it.
      expect(ends).toMatchObject([{ isSignedOff: true }]);
      expect(await superuser(roleIsThere)).toHaveLength(1);
      for (const box of ['6.1', '6.2', '6.3', '13.1', '13.2', '13.3', '3.4', '3.5', '3.6', '9.1'])
        expect(boxOf(report, box)).toMatchObject({
          answer: 'open',
          reason: expect.stringContaining('not rehearsed, nothing of the migration was run'),
        });
      expect(report.findings).toContainEqual(
        expect.objectContaining({
          rule: 'reaches-beyond-database',
          line: 5,
          message: expect.stringContaining('CREATE ROLE'),
        }),
      );
      expect(report.signOff.rollbackTested).toBe(false);
    } finally {
      await superuser('DROP OWNED BY bugs_reporting').catch(() => undefined);
      await superuser('DROP ROLE IF EXISTS bugs_reporting');
    }
  }));
