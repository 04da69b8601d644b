import { boundedRows, setsKey } from '#domain/locks/bounded-rows';
import { askedRows } from '#domain/locks/row-locks';
import { parseMigration } from '#domain/migration/parse-migration';

const statementOf = async (sql: string) => {
  const migration = await parseMigration('001_x.sql', Buffer.from(`${sql};\n-- ROLLBACK\n-- SELECT 1;\n`));
  const [statement] = migration.statements;
  if (!statement) throw new Error(`"${sql}" holds no statement`);
  return statement;
};

const keys = () => [['id'], ['shop', 'number']];

test.each([
  ['UPDATE jobs SET a = 1 WHERE id = 7', 1],
  ["DELETE FROM jobs WHERE id IN (1, 2, 3) AND kind = 'x'", 3],
  ['UPDATE jobs SET a = 1 WHERE id BETWEEN 1 AND 1000', 1000],
  ['UPDATE jobs SET a = 1 WHERE id >= 1 AND id < 1001', 1001],
  ['SELECT * FROM jobs WHERE shop = 1 AND number = 2 FOR UPDATE', 1],
  ['UPDATE jobs SET a = 1 WHERE shop = 1', null],
  ['UPDATE jobs SET a = 1 WHERE id > 5', null],
  ['UPDATE jobs SET a = 1 WHERE id = 1 OR a = 2', null],
  ['UPDATE jobs SET a = 1 WHERE id = parent_id', null],
  ['UPDATE jobs SET a = 1 WHERE a IS NULL', null],
  ['UPDATE jobs SET a = 1', null],
  ['UPDATE jobs SET a = b.a FROM b WHERE jobs.id = 1', null],
])('%s touches at most %s rows', async (sql, rows) => {
  expect(boundedRows(await statementOf(sql), keys)).toEqual(rows === null ? null : { table: 'public.jobs', rows });
});

test('a key is set when one of its columns is', async () => {
  expect(setsKey(await statementOf('UPDATE jobs SET number = 1'), keys)).toBe(true);
  expect(setsKey(await statementOf('UPDATE jobs SET a = 1 WHERE id = 2'), keys)).toBe(false);
});

test.each([
  ['SELECT * FROM jobs FOR UPDATE', [['public.jobs', 'FOR UPDATE', true]]],
  ['SELECT * FROM jobs j JOIN a.b ON true FOR SHARE OF b', [['a.b', 'FOR SHARE', true]]],
  ['SELECT * FROM jobs OFFSET 5 FOR UPDATE', [['public.jobs', 'FOR UPDATE', false]]],
  ['SELECT count(*) FROM (SELECT * FROM jobs FOR KEY SHARE) x', [['public.jobs', 'FOR KEY SHARE', false]]],
  ['CREATE VIEW v AS SELECT * FROM jobs FOR UPDATE', []],
  ['SELECT * FROM jobs', []],
])('%s asks for locks on rows', async (sql, expected) => {
  const asked = askedRows(await statementOf(sql));

  expect(asked.map(({ table, strength, isReturned }) => [table, strength, isReturned])).toEqual(expected);
});
