import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test("nobody's session is ended before the apply is approved, and nothing is proved of what was not rehearsed", () =>
  withCase(
    '13-sessions-ended-by-the-dry-run',
    { database: 'shop_killsess2', role: 'shop_owner' },
    async ({ session, withRuntime, run: _, ...truthCase }) => {
      const web = await session('shop-web');
      const { run } = { ...truthCase, run: _ };
      void withRuntime;
      const alive = () =>
        web.query('SELECT 1').then(
          () => true,
          () => false,
        );
      expect(await alive()).toBe(true);
      const { ends, report } = await run();

      // The case's own test wants a row that nobody has written: it fails at Step 10, after the apply.
      expect(ends).toMatchObject([{ isSignedOff: false }]);
      expect(boxOf(report, '6.1')).toMatchObject({ answer: 'open' });
      expect(boxOf(report, '3.5')).toMatchObject({ answer: 'open' });
      expect(report.cause).not.toContain('Nothing was changed on the target');
      expect(report.findings).toContainEqual(
        expect.objectContaining({
          rule: 'reaches-beyond-database',
          message: expect.stringContaining('pg_terminate_backend()'),
        }),
      );
    },
  ));
