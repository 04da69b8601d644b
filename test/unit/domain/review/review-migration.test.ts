import type { FolderMigration } from '#domain/folders/folder';
import { recogniseFolder } from '#domain/folders/recognise';
import { noConventions, parseConventions } from '#domain/review/conventions';
import { type ReviewGround, reviewMigration } from '#domain/review/review-migration';

const ground: ReviewGround = { database: null, production: null, conventions: noConventions };

const pair = (up: string, down: string | null): FolderMigration => {
  const files = [
    { path: '7_change.up.sql', bytes: Buffer.from(up) },
    ...(down === null ? [] : [{ path: '7_change.down.sql', bytes: Buffer.from(down) }]),
  ];
  return recogniseFolder(files).migrations[0] as FolderMigration;
};

const review = (up: string, down: string | null = 'SELECT 1;', changed: Partial<ReviewGround> = {}) =>
  reviewMigration(pair(up, down), { ...ground, ...changed }, { isOwnForm: false });

test('what stops somebody comes first, with the safe way for this statement', async () => {
  const { findings } = await review(
    'ALTER TABLE users ADD COLUMN "fullName" text;\nCREATE INDEX users_name ON users (name);',
    'DROP INDEX users_name;\nALTER TABLE users DROP COLUMN "fullName";',
  );

  expect(findings[0]).toMatchObject({
    rule: 'index-blocks-writes',
    severity: 'stop',
    file: '7_change.up.sql',
    line: 2,
    safeWay: 'CREATE INDEX CONCURRENTLY users_name ON users (name);',
  });
  expect(findings.at(-1)?.severity).toBe('note');
});

test.each([
  [
    'ALTER TABLE a ALTER COLUMN b SET NOT NULL',
    'scan-under-lock',
    /ADD CONSTRAINT a_b_not_null CHECK \(b IS NOT NULL\) NOT VALID;[\s\S]*DROP CONSTRAINT/,
  ],
  [
    'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)',
    'scan-under-lock',
    /^ALTER TABLE a ADD CONSTRAINT c CHECK \(b > 0\) NOT VALID;[\s\S]*VALIDATE CONSTRAINT c;$/,
  ],
  [
    'ALTER TABLE a ADD CONSTRAINT c UNIQUE (b)',
    'index-blocks-writes',
    /^CREATE UNIQUE INDEX CONCURRENTLY c ON public\.a \(b\);\nALTER TABLE public\.a ADD CONSTRAINT c UNIQUE USING INDEX c;$/,
  ],
  [
    'ALTER TABLE a ADD PRIMARY KEY (b, "C")',
    'index-blocks-writes',
    /a_pkey ON public\.a \(b, "C"\);\n.*PRIMARY KEY USING INDEX a_pkey;$/,
  ],
  ['CREATE UNIQUE INDEX i ON a (b)', 'index-blocks-writes', /^CREATE UNIQUE INDEX CONCURRENTLY i ON a \(b\);$/],
  [
    'ALTER TABLE a ALTER COLUMN b TYPE bigint',
    'column-retyped',
    /ADD COLUMN b_new bigint;[\s\S]*RENAME COLUMN b_new TO b;$/,
  ],
  [
    'ALTER TABLE a RENAME TO z',
    'name-changed',
    /RENAME TO z;[\s\S]*CREATE VIEW public\.a WITH \(security_invoker\) AS SELECT \* FROM public\.z;$/,
  ],
  ['DELETE FROM a', 'change-without-where', /DELETE FROM public\.a WHERE ctid = ANY/],
])('%s: %s has a safe way', async (sql, rule, way) => {
  const { findings } = await review(`${sql};`);

  expect(findings.find((one) => one.rule === rule)?.safeWay).toMatch(way);
});

test('a finding of the rollback names the file of the rollback, and its line', async () => {
  const { findings } = await review(
    'CREATE TABLE t (id bigint PRIMARY KEY);',
    '-- all\nDROP TABLE t;\nDROP TABLE other;',
  );

  expect(findings).toContainEqual(
    expect.objectContaining({
      rule: 'rollback-drops-other-object',
      severity: 'stop',
      file: '7_change.down.sql',
      line: 3,
    }),
  );
});

test('a form without a rollback has one note for it, and none of the rollback rules', async () => {
  const { findings } = await review(
    'CREATE TABLE t (id bigint PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM t;',
    null,
  );

  expect(findings.filter(({ rule }) => rule.startsWith('rollback'))).toEqual([
    expect.objectContaining({ rule: 'rollback-missing', severity: 'note' }),
  ]);
});

test('nothing is said of what only a database could tell', async () => {
  const { findings } = await review(
    'ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES elsewhere ON DELETE CASCADE;',
  );

  expect(findings.map(({ rule }) => rule)).not.toContain('foreign-key-target-missing');
  expect(findings.map(({ rule }) => rule)).not.toContain('foreign-key-without-index');
});

test('what is no SQL stops, at its line, and what is behind it is not judged', async () => {
  const { findings, statements } = await review('SELECT 1;\nCREATE TABEL t ();\nDROP TABLE users;');

  expect(findings[0]).toMatchObject({ rule: 'syntax', severity: 'stop', line: 2 });
  expect(statements).toBe(0);
});

test('a statement lets a rule pass by name and with a reason', async () => {
  const { findings, passed } = await review(
    '-- waive: rows-truncated, it is a cache\nTRUNCATE cache;\nTRUNCATE users;',
  );

  expect(findings.filter(({ rule }) => rule === 'rows-truncated').map(({ line }) => line)).toEqual([3]);
  expect(passed).toEqual([expect.objectContaining({ rule: 'rows-truncated', line: 2, because: 'it is a cache' })]);
});

test("the team's conventions change how much a rule counts, and say why", async () => {
  const conventions = parseConventions(
    'c.json',
    JSON.stringify({
      rules: {
        'rows-truncated': { severity: 'warn', because: 'staging only' },
        'name-not-snake-case': { severity: 'off', because: 'Prisma writes camelCase' },
      },
    }),
  );

  const { findings, passed } = await review(
    'TRUNCATE users;\nALTER TABLE users ADD COLUMN "fullName" text;',
    'SELECT 1;',
    {
      conventions,
    },
  );

  expect(findings.find(({ rule }) => rule === 'rows-truncated')?.severity).toBe('warn');
  expect(passed).toEqual([
    expect.objectContaining({ rule: 'name-not-snake-case', because: 'Prisma writes camelCase' }),
  ]);
});

test.each([
  ['no JSON', '{', /c\.json is no JSON/],
  ['another shape', '[]', /holds no object; expected/],
  ['an unknown key', '{"rules":{},"extends":"x"}', /holds rules, extends/],
  ['an unknown rule', '{"rules":{"nope":{"severity":"off","because":"x"}}}', /the rule "nope", which does not exist/],
  ['no reason', '{"rules":{"rows-truncated":{"severity":"off"}}}', /rows-truncated has no reason/],
  [
    'another severity',
    '{"rules":{"rows-truncated":{"severity":"error","because":"x"}}}',
    /is "error"; expected one of: stop, warn, note, off/,
  ],
])('conventions with %s are refused', (_, text, message) => {
  expect(() => parseConventions('c.json', text)).toThrow(message);
});
