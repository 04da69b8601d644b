import { readFileSync } from 'node:fs';
import path from 'node:path';
import { keywords } from '#domain/checks/directives';
import { parseChecks } from '#domain/checks/parse-checks';
import { parseMigration } from '#domain/migration/parse-migration';
import { projectRoot } from '#test/support/project-root';

const page = readFileSync(path.join(projectRoot, 'migrations/README.md'), 'utf8');
const [rollbackExample = '', checksExample = ''] = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(
  ([, sql]) => sql ?? '',
);

test('the page of the format shows a rollback section that is one', async () => {
  const { rollback } = await parseMigration('001_x.sql', Buffer.from(`SELECT 1;\n${rollbackExample}`));

  expect(rollback.statements.map(({ sql }) => sql)).toEqual([
    'DROP TABLE jobs',
    'DROP FUNCTION update_updated_at_column()',
  ]);
});

test('the page of the format shows checks that mean what it says', async () => {
  const { tests, queries } = await parseChecks('001_x.checks.sql', Buffer.from(checksExample));

  expect(tests.map(({ statements }) => statements.map(({ expectedSqlState }) => expectedSqlState))).toEqual([
    [null, '23505'],
    [null, '23514'],
  ]);
  expect(queries).toMatchObject([{ expectsIndex: true, maximumMs: 100 }]);
});

test.each(keywords)('the page of the format explains "%s:"', (keyword) => {
  expect(page).toContain(`| \`-- ${keyword}: `);
});
