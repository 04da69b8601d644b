import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test("settings of database and role are not changed by a rehearsal on the target's own server, and nothing of them is proved", () =>
  withCase(
    '4-database-and-role-settings',
    { role: 'shop_admin', database: 'shop_dbset', roleOptions: 'CREATEROLE' },
    async ({ run }) => {
      const { report } = await run();

      for (const box of ['6.1', '6.2', '13.1', '13.2', '13.3'])
        expect(boxOf(report, box)).toMatchObject({
          answer: 'open',
          reason: expect.stringContaining("the branch lies on the target's own server"),
        });
      expect(report.findings.filter(({ rule }) => rule === 'reaches-beyond-database')).toMatchObject([
        { message: expect.stringContaining('ALTER ROLE … SET') },
        { message: expect.stringContaining('a statement about a database') },
        { message: expect.stringContaining('ALTER DATABASE … SET') },
      ]);
    },
  ));
