import { parseChecks } from '#domain/checks/parse-checks';
import type { ImpactSubject } from '#domain/review/subject';
import { checklist } from '#lambdas/checklist';
import { firstLine, ledgerEntry, ordersCatalog, sizeOf, subjectOf } from '#test/support/review-subject';
import { codeReviewOf, impactReviewOf, reviewsOf, schemaReviewOf } from '#test/support/reviews';

const answerTo = (box: string, subject: ImpactSubject) =>
  reviewsOf(subject)
    .flatMap(({ boxes }) => boxes)
    .find((answer) => answer.box === box);

const onOrders = { catalog: ordersCatalog, statistics: [sizeOf('public.orders')] };

const isLarge = { statistics: [sizeOf('public.orders', { sizeBytes: 10 * 1024 ** 3, estimatedRows: 50_000_000 })] };

test('the three steps answer every box of theirs', async () => {
  const boxes = reviewsOf(await subjectOf('SELECT 1;')).flatMap((one) => one.boxes.map(({ box }) => box));

  const ours = checklist.slice(0, 3).flatMap((step) => step.boxes.map(({ id }) => id));
  expect(boxes).toEqual(ours);
});

test('a migration that makes nothing of a kind has nothing to prove there', async () => {
  const subject = await subjectOf('SELECT 1;');

  for (const box of ['1.7', '1.8', '2.2', '2.3', '2.4', '2.5', '2.6', '3.5'])
    expect(answerTo(box, subject)).toMatchObject({ answer: 'not applicable', reason: expect.stringMatching(/\w/) });
});

test('findings fail their box, and the box names the line of each', async () => {
  const subject = await subjectOf('CREATE TABLE a (\n  id int PRIMARY KEY,\n  t timestamp\n);', 'DROP TABLE a;');

  const { boxes, findings, refusals } = schemaReviewOf(subject);

  expect(boxes.find(({ box }) => box === '2.4')).toEqual({
    box: '2.4',
    answer: 'failed',
    reason: `line ${firstLine + 1}: public.a.id is integer; a primary key of this type can run out; use bigint or uuid; line ${firstLine + 2}: public.a.t is timestamp without time zone; use timestamptz, which stores a point in time`,
    facts: {
      columns: ['public.a.id integer', 'public.a.t timestamp without time zone'],
      findings: [
        { rule: 'integer-key', line: firstLine + 1 },
        { rule: 'timestamp-without-zone', line: firstLine + 2 },
      ],
    },
  });
  expect(findings.map(({ rule }) => rule)).toContain('timestamp-without-zone');
  expect(refusals).toEqual([]);
});

test('a box with many findings names the first three and counts the others', async () => {
  const columns = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name} json`).join(', ');

  expect(answerTo('2.4', await subjectOf(`CREATE TABLE t (${columns});`))?.reason).toMatch(/; and 2 more$/);
});

test('a version that is not above the last one applied is refused at Step 1 too', async () => {
  const { boxes, refusals } = codeReviewOf(
    await subjectOf('SELECT 1;', 'SELECT 1;', { ledger: [ledgerEntry('005_other.sql')] }),
  );

  const message =
    '005_example.sql has version 005, but version 5 was applied already; expected a higher one. Rename the file';
  expect(refusals).toEqual([{ rule: 'version-out-of-order', line: null, message }]);
  expect(boxes[1]).toMatchObject({ box: '1.2', answer: 'failed', reason: message });
});

test('a hard-coded value that is waived by name stays visible', async () => {
  const subject = await subjectOf(
    '-- waive: reporting, it is the same everywhere\nGRANT SELECT ON orders TO reporting;',
    'REVOKE SELECT ON orders FROM reporting;',
  );

  expect(answerTo('1.6', subject)).toMatchObject({
    answer: 'proved',
    reason: `the author waived 1 value by name: reporting (line ${firstLine + 1}: it is the same everywhere)`,
  });
});

test('a waiver of one value is none of another, and without a reason it is none at all', async () => {
  const sql = '-- waive: reporting\n-- waive: other, because\nGRANT SELECT ON orders TO reporting;';

  expect(codeReviewOf(await subjectOf(sql)).findings.map(({ rule }) => rule)).toEqual(['hard-coded-role']);
});

test('no password reaches a message or a fact', async () => {
  const subject = await subjectOf(
    "CREATE ROLE reporting PASSWORD 'hunter2';\nINSERT INTO settings VALUES ('postgres://app:hunter2@db.example.com/x', 'password=hunter2');\nSELECT 'postgres://:hunter2@10.0.0.1/x';",
  );

  expect(JSON.stringify(reviewsOf(subject))).not.toContain('hunter2');
  const found = codeReviewOf(subject).findings.map(({ rule, line }) => `${rule} ${line}`);
  expect(found).toEqual(
    expect.arrayContaining([
      `hard-coded-password ${firstLine}`,
      `hard-coded-password ${firstLine + 1}`,
      `hard-coded-host ${firstLine + 1}`,
      `hard-coded-password ${firstLine + 2}`,
      `hard-coded-host ${firstLine + 2}`,
    ]),
  );
});

test('declared queries that expect an index are counted where indexes are judged', async () => {
  const checks = await parseChecks('x.checks.sql', Buffer.from('-- query: x -- expect: index scan\nSELECT 1;'));

  expect(answerTo('1.7', await subjectOf('SELECT 1;', 'SELECT 1;', { checks }))).toMatchObject({
    answer: 'proved',
    reason: 'Step 11 explains 1 query declared to use an index',
  });
});

test('an index of the database serves a new foreign key, a partial or invalid one does not', async () => {
  const sql =
    'CREATE TABLE notes (note text PRIMARY KEY); ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (note) REFERENCES notes (note) ON DELETE CASCADE;';
  const without = (change: Record<string, string | boolean>) => ({
    objects: ordersCatalog.objects.map((one) =>
      one.identity === 'public.orders_note_idx' ? { ...one, definition: { ...one.definition, ...change } } : one,
    ),
  });
  const rulesFound = async (catalog: ImpactSubject['catalog']) =>
    codeReviewOf(await subjectOf(sql, 'SELECT 1;', { catalog })).findings.map(({ rule }) => rule);

  expect(await rulesFound(ordersCatalog)).not.toContain('foreign-key-without-index');
  expect(await rulesFound(without({ isValid: false }))).toContain('foreign-key-without-index');
  expect(await rulesFound(without({ predicate: 'note IS NOT NULL' }))).toContain('foreign-key-without-index');
});

test('uniqueness of rows that are there is left to the dry run', async () => {
  const subject = await subjectOf(
    'CREATE UNIQUE INDEX orders_note_key ON orders (note, order_id);',
    'DROP INDEX orders_note_key;',
    onOrders,
  );

  expect(answerTo('2.6', subject)).toMatchObject({
    answer: 'open',
    reason:
      'no index is redundant; the dry run shows whether the existing rows of public.orders (note, order_id) are unique: it fails at the first duplicate',
  });
});

test('an index that the database has already is a duplicate', async () => {
  const { findings } = schemaReviewOf(
    await subjectOf('CREATE INDEX again ON orders (note);', 'DROP INDEX again;', onOrders),
  );

  expect(findings.map(({ message }) => message)).toEqual([
    'again on public.orders holds the same as orders_note_idx, which exists already',
  ]);
});

test('a function of the database that sets updated_at maintains it; one that does not is told of', async () => {
  const sql = (name: string) =>
    `CREATE TABLE a (id bigint, created_at timestamptz, updated_at timestamptz, CONSTRAINT a_pkey PRIMARY KEY (id)); CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION ${name}();`;
  const catalog = {
    objects: [
      ...ordersCatalog.objects,
      { kind: 'function', identity: 'public.idle()', definition: { definition: 'BEGIN RETURN NEW; END' } },
    ],
  };

  expect(answerTo('2.5', await subjectOf(sql('touch'), 'DROP TABLE a;', { catalog }))?.answer).toBe('proved');
  expect(answerTo('2.5', await subjectOf(sql('idle'), 'DROP TABLE a;', { catalog }))?.reason).toContain(
    'no trigger BEFORE UPDATE on public.a sets updated_at',
  );
});

test('a replaced function needs its earlier definition in the rollback, and dropping it is wrong', async () => {
  const replace = 'CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;';
  const found = async (rollback: string) =>
    codeReviewOf(await subjectOf(replace, rollback, onOrders)).findings.map(({ rule }) => rule);

  expect(await found(replace)).toEqual([]);
  expect(await found('SELECT 1;')).toEqual(['rollback-misses-object']);
  expect(await found('DROP FUNCTION touch();')).toEqual(['rollback-drops-other-object']);
});

test.each([
  ['CREATE TABLE a (id bigint);', 'DROP TABLE a;'],
  ['CREATE TABLE s.a (id bigint);', 'DROP TABLE s.a;'],
  ['CREATE SCHEMA s CREATE TABLE a (id bigint);', 'DROP TABLE s.a; DROP SCHEMA s;'],
  ['CREATE SCHEMA s; CREATE TABLE s.a (id bigint);', 'DROP SCHEMA s;'],
  ['CREATE TABLE a (id bigint); CREATE INDEX i ON a (id); COMMENT ON TABLE a IS $$x$$;', 'DROP TABLE a;'],
  ['ALTER TABLE orders ADD COLUMN x int, ADD CONSTRAINT c CHECK (x > 0);', 'ALTER TABLE orders DROP COLUMN x;'],
  ['CREATE INDEX i ON orders (note);', 'DROP INDEX i;'],
  ['CREATE VIEW v AS SELECT 1;', 'DROP VIEW v;'],
  ['CREATE MATERIALIZED VIEW v AS SELECT 1;', 'DROP MATERIALIZED VIEW v;'],
  ['CREATE SEQUENCE s;', 'DROP SEQUENCE s;'],
  ['CREATE SEQUENCE s OWNED BY a.id; CREATE TABLE a (id bigint);', 'DROP TABLE a;'],
  ['CREATE DOMAIN d AS text;', 'DROP DOMAIN d;'],
  ['CREATE TYPE t AS (a int);', 'DROP TYPE t;'],
  ['CREATE TYPE t AS RANGE (subtype = int);', 'DROP TYPE t;'],
  ['CREATE EXTENSION citext;', 'DROP EXTENSION citext;'],
  ['CREATE PROCEDURE p() LANGUAGE sql AS $$ SELECT 1 $$;', 'DROP ROUTINE p();'],
  ['CREATE AGGREGATE agg (int) (sfunc = int4pl, stype = int);', 'DROP AGGREGATE agg (int);'],
  ['CREATE POLICY p ON orders USING (true);', 'DROP POLICY p ON orders;'],
  ['CREATE RULE r AS ON DELETE TO orders DO INSTEAD NOTHING;', 'DROP RULE r ON orders;'],
  ['CREATE STATISTICS st ON order_id, note FROM orders;', 'DROP STATISTICS st;'],
  ['CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();', 'DROP TRIGGER t ON orders;'],
  ['ALTER TABLE orders ENABLE ROW LEVEL SECURITY;', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY;'],
  ['ALTER TABLE orders RENAME COLUMN note TO remark;', 'ALTER TABLE orders RENAME COLUMN remark TO note;'],
  ['ALTER TABLE orders RENAME TO purchases;', 'ALTER TABLE purchases RENAME TO orders;'],
  ['DROP VIEW noted;', 'CREATE VIEW noted AS SELECT 1;'],
  ['ALTER TABLE orders DROP COLUMN note;', 'ALTER TABLE orders ADD COLUMN note text;'],
])('%s is undone by %s, and by nothing else', async (sql, rollback) => {
  const coverage = async (text: string) =>
    codeReviewOf(await subjectOf(sql, text, { catalog: ordersCatalog })).findings.filter(({ rule }) =>
      rule.startsWith('rollback-'),
    );

  expect(await coverage(rollback)).toEqual([]);
  expect(await coverage('SELECT 1;')).not.toEqual([]);
});

test('what a change of a contract breaks is listed with what uses the table', async () => {
  const { findings } = impactReviewOf(
    await subjectOf(
      'ALTER TABLE orders DROP COLUMN note;',
      'ALTER TABLE orders ADD COLUMN note varchar(20);',
      onOrders,
    ),
  );

  expect(findings.map(({ message }) => message)).toEqual([
    'column public.orders.note is dropped; in the database view public.noted uses the table',
  ]);
});

test('on a small table nothing blocks for long, on a large one it does', async () => {
  const sql = 'ALTER TABLE orders ALTER COLUMN order_id TYPE numeric;';

  expect(answerTo('3.5', await subjectOf(sql, 'SELECT 1;', onOrders))).toMatchObject({
    answer: 'proved',
    facts: {
      locks: [
        {
          line: firstLine,
          table: 'public.orders',
          mode: 'AccessExclusiveLock',
          work: 'rewrite',
          blocks: 'readers and writers',
        },
      ],
    },
  });
  expect(answerTo('3.5', await subjectOf(sql, 'SELECT 1;', { ...onOrders, ...isLarge }))).toMatchObject({
    answer: 'failed',
    reason: `line ${firstLine}: this rewrites public.orders under AccessExclusiveLock: readers and writers wait about 512.0 s`,
  });
});

test('a longer varchar is known to rewrite nothing', async () => {
  const subject = await subjectOf('ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);', 'SELECT 1;', {
    ...onOrders,
    ...isLarge,
  });

  expect(answerTo('3.5', subject)?.answer).toBe('proved');
});

test('work on a table of unknown size counts as too long, and the estimate says what it leaves out', async () => {
  const subject = await subjectOf('CREATE INDEX i ON elsewhere (a);', 'DROP INDEX i;');

  expect(answerTo('3.5', subject)?.reason).toContain('writers wait an unknown time');
  expect(answerTo('3.4', subject)).toMatchObject({
    answer: 'open',
    reason:
      'unknown for 1 statement on tables of unknown size; about 0 ms for the rest, estimated from the sizes of the tables and the kind of work; the dry run measures the real time',
  });
});

test('affected tables come with size and rows, new ones apart', async () => {
  const subject = await subjectOf('CREATE TABLE a (order_id bigint REFERENCES orders);', 'DROP TABLE a;', onOrders);

  expect(answerTo('3.1', subject)?.reason).toBe('affects public.orders (8 KiB, about 10 rows); creates public.a');
});

test('a table that was never analysed is not called empty, and its bytes decide how long work on it takes', async () => {
  const unanalysed = { sizeBytes: 10 * 1024 ** 3, estimatedRows: null };
  const subject = await subjectOf(
    "UPDATE orders SET note = 'x'; CREATE INDEX orders_2 ON orders (order_id);",
    'DROP INDEX orders_2;',
    { ...onOrders, statistics: [sizeOf('public.orders', unanalysed)] },
  );

  const words = 'number of rows unknown: never analysed with rows in it; run ANALYZE on it';
  expect(answerTo('3.1', subject)?.reason).toContain(`public.orders (10485760 KiB, ${words})`);
  expect(answerTo('3.6', subject)?.reason).toContain(`it touches every row (${words})`);
  expect(answerTo('3.5', subject)).toMatchObject({ answer: 'failed' });
  expect(answerTo('3.4', subject)?.facts).toMatchObject({ totalMs: expect.any(Number) });
  expect(Number(answerTo('3.4', subject)?.facts?.['totalMs'])).toBeGreaterThan(1_000_000);
});

test('a change of rows inside WITH is seen', async () => {
  const subject = await subjectOf(
    'WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone;',
    'SELECT 1;',
    onOrders,
  );

  expect(answerTo('3.6', subject)?.reason).toContain(
    'DELETE of public.orders has no WHERE: it touches every row (about 10 rows)',
  );
});
