import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compared, notCompared, notComparedInRehearsal, notComparedInWords } from '#domain/catalog/compared';
import { projectRoot } from '#test/support/project-root';

const page = readFileSync(path.join(projectRoot, 'docs/compared.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (not )?compared /.test(line));

test('docs/compared.md shows the table, and nothing else', () => {
  expect(rows).toEqual([...compared, ...notCompared].map(({ what, how }) => `| ${what} | ${how} |`));
});

test('what is said beside a verdict names everything that is not compared', () => {
  for (const { brief } of notCompared) {
    expect(notComparedInWords).toContain(brief);
    for (const rows of [0, 20]) expect(notComparedInRehearsal(rows)).toContain(brief);
  }
});
