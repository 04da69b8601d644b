import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test("nothing is proved of a migration that would end others' sessions, and its end claims nothing that was not compared", () =>
  withCase(
    '13-sessions-ended-by-the-dry-run',
    { database: 'shop_killsess2', role: 'shop_owner' },
    async ({ session, run }) => {
      await session('shop-web');

      const { ends, report } = await run();

      // The case's own test wants a row that nobody has written: it fails at Step 10, after the apply.
      expect(ends).toMatchObject([{ isSignedOff: false }]);
      for (const box of ['6.1', '6.2', '13.1', '13.2', '3.5'] as const)
        expect(boxOf(report, box)).toMatchObject({ answer: 'open' });
      expect(report.cause).not.toContain('Nothing was changed on the target');
      expect(report.findings).toContainEqual(
        expect.objectContaining({
          rule: 'reaches-beyond-database',
          message: expect.stringContaining('pg_terminate_backend()'),
        }),
      );
    },
  ));
