import { judgeTests, type TestedBox } from '#domain/boxes/declared-tests';
import { parseChecks } from '#domain/checks/parse-checks';
import { target, withTarget } from './database-arrangements';

/** Answers of the boxes after `migration` on top of `before`, with the declared tests run on the real server. */
const judged = (
  before: string,
  migration: string,
  declared: string,
  work: (answer: (box: TestedBox) => unknown) => void,
) =>
  withTarget(before, async ({ database, query }) => {
    const catalogBefore = await database.readCatalog(target);
    await query(migration);
    const catalogAfter = await database.readCatalog(target);
    const checks = await parseChecks('001_x.checks.sql', Buffer.from(declared));
    const tests = await database.runChecks(target, checks.tests);
    expect(tests.results.filter(({ passed }) => !passed)).toEqual([]);
    work((box) => judgeTests(box, { checks, tests, catalogBefore, catalogAfter }));
  });

const untested = (...rules: readonly string[]) => ({
  answer: 'open',
  facts: { untested: rules.map((rule) => ({ rule, test: expect.stringContaining('-- test: ') })) },
});

const passing = '-- test: a test\n';

const rules: readonly (readonly [
  what: string,
  before: string,
  migration: string,
  box: TestedBox,
  broken: string,
  rule: string,
])[] = [
  [
    'a constraint of the same name on another table',
    'CREATE TABLE a (n int CONSTRAINT positive CHECK (n > 0)); CREATE TABLE b (n int)',
    'ALTER TABLE b ADD CONSTRAINT positive CHECK (n > 0)',
    '10.2',
    '-- expect: 23514\nINSERT INTO a VALUES (0);',
    'constraint public.b.positive',
  ],
  [
    'a constraint of the same name in another schema',
    'CREATE SCHEMA other; CREATE TABLE other.t (n int CONSTRAINT positive CHECK (n > 0)); CREATE TABLE t (n int)',
    'ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0)',
    '10.2',
    '-- expect: 23514\nINSERT INTO other.t VALUES (0);',
    'constraint public.t.positive',
  ],
  [
    'a key of the same table',
    'CREATE TABLE t (a int UNIQUE, b int); INSERT INTO t VALUES (1, 1)',
    'CREATE UNIQUE INDEX t_b ON t (b)',
    '10.1',
    '-- expect: 23505\nINSERT INTO t VALUES (1, 2);',
    'index public.t_b',
  ],
  [
    'a column of another table',
    'CREATE TABLE a (n int NOT NULL); CREATE TABLE b (n int)',
    'ALTER TABLE b ALTER n SET NOT NULL',
    '10.2',
    '-- expect: 23502\nINSERT INTO a VALUES (NULL);',
    'public.b.n not null',
  ],
];

test.each(rules)('a test that breaks %s proves nothing', (_, before, migration, box, broken, rule) =>
  judged(before, migration, passing + broken, (answer) => expect(answer(box)).toMatchObject(untested(rule))),
);

const broken: readonly (readonly [what: string, before: string, migration: string, box: TestedBox, test: string])[] = [
  [
    'a check',
    'CREATE TABLE t (n int)',
    'ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0)',
    '10.2',
    '-- expect: 23514\nINSERT INTO t VALUES (0);',
  ],
  [
    'a check that is renamed later',
    'CREATE TABLE t (n int)',
    'ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0); ALTER TABLE t RENAME CONSTRAINT c TO positive',
    '10.2',
    '-- expect: 23514\nINSERT INTO t VALUES (0);',
  ],
  [
    'a check that is not valid',
    'CREATE TABLE t (n int)',
    'ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID',
    '10.2',
    '-- expect: 23514\nINSERT INTO t VALUES (0);',
  ],
  [
    'a quoted name',
    'CREATE TABLE "My t" (n int)',
    'ALTER TABLE "My t" ADD CONSTRAINT "is so" UNIQUE (n)',
    '10.1',
    'INSERT INTO "My t" VALUES (1);\n-- expect: 23505\nINSERT INTO "My t" VALUES (1);',
  ],
  [
    'a deferred foreign key',
    'CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (u int)',
    'ALTER TABLE t ADD CONSTRAINT t_u FOREIGN KEY (u) REFERENCES u DEFERRABLE INITIALLY DEFERRED',
    '10.2',
    '-- expect: 23503\nINSERT INTO t VALUES (7);',
  ],
  [
    'a foreign key, from the side of the other table',
    'CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (u int); INSERT INTO u VALUES (1); INSERT INTO t VALUES (1)',
    'ALTER TABLE t ADD CONSTRAINT t_u FOREIGN KEY (u) REFERENCES u',
    '10.2',
    '-- expect: 23503\nDELETE FROM u;',
  ],
  [
    'an exclusion',
    'CREATE TABLE t (r int4range)',
    'ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING gist (r WITH &&)',
    '10.1',
    "INSERT INTO t VALUES ('[1,3]');\n-- expect: 23P01\nINSERT INTO t VALUES ('[2,4]');",
  ],
  [
    'a check of a domain',
    '',
    'CREATE DOMAIN small AS int CONSTRAINT is_small CHECK (VALUE < 9)',
    '10.2',
    '-- expect: 23514\nSELECT 10::small;',
  ],
  [
    'a domain that takes no null',
    '',
    'CREATE DOMAIN there AS int NOT NULL',
    '10.2',
    '-- expect: 23502\nSELECT NULL::there;',
  ],
  ['an enum', '', "CREATE TYPE mood AS ENUM ('good')", '10.2', "-- expect: 22P02\nSELECT 'bad'::mood;"],
  [
    'a unique index with an expression',
    'CREATE TABLE t (e text)',
    'CREATE UNIQUE INDEX t_e ON t (lower(e))',
    '10.1',
    "INSERT INTO t VALUES ('a');\n-- expect: 23505\nINSERT INTO t VALUES ('A');",
  ],
];

test.each(broken)('a test that breaks %s proves it', (_, before, migration, box, declared) =>
  judged(before || 'SELECT 1', migration, passing + declared, (answer) =>
    expect(answer(box)).toMatchObject({ answer: 'proved', facts: { untested: [] } }),
  ),
);

const partitioned = `
CREATE TABLE p (id int, k int, u int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE users (id int PRIMARY KEY)`;

test('a rule of a partitioned table is broken in a partition, and its copies are no rules of their own', () =>
  judged(
    partitioned,
    `ALTER TABLE p ADD CONSTRAINT p_key PRIMARY KEY (id); ALTER TABLE p ADD CONSTRAINT p_k CHECK (k > 0);
     ALTER TABLE p ALTER k SET NOT NULL; ALTER TABLE p ADD CONSTRAINT p_u FOREIGN KEY (u) REFERENCES users;
     CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)`,
    `-- test: a test
INSERT INTO p VALUES (1, 1, NULL);
-- expect: 23505
INSERT INTO p VALUES (1, 1, NULL);
-- expect: 23514
INSERT INTO p VALUES (2, 0, NULL);
-- expect: 23502
INSERT INTO p VALUES (3, NULL, NULL);
-- expect: 23503
INSERT INTO p VALUES (11, 1, 7);`,
    (answer) => {
      expect(answer('10.1')).toMatchObject({ answer: 'proved', facts: { rules: [{ rule: 'index public.p_key' }] } });
      expect(answer('10.2')).toMatchObject({
        answer: 'proved',
        facts: {
          rules: [
            { rule: 'constraint public.p.p_k' },
            { rule: 'constraint public.p.p_u' },
            { rule: 'public.p.k not null' },
          ],
        },
      });
    },
  ));

const sharing = `
CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$`;

const onBoth = (name: string, event: string) =>
  ['a', 'b']
    .map((table) => `CREATE TRIGGER ${name} BEFORE ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`)
    .join('; ');

test.each([
  ['refuse', 'UPDATE', '-- expect: P0001\nUPDATE a SET n = 2;'],
  ['touch', 'UPDATE', 'UPDATE a SET n = 2;'],
])('two triggers with the function %s on two tables do not prove each other', (name, event, fires) =>
  judged(sharing, onBoth(name, event), passing + fires, (answer) => {
    expect(answer('9.5')).toMatchObject({
      answer: 'open',
      reason: `no declared test was seen to fire public.b: ${name}`,
    });
    expect(answer('10.3')).toMatchObject(untested(`public.b: ${name}`));
  }),
);

test('a trigger that refuses is not proved by having been fired', () =>
  judged(
    `${sharing}; CREATE FUNCTION positive() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN IF NEW.n < 0 THEN RAISE EXCEPTION 'negative'; END IF; RETURN NEW; END $$`,
    'CREATE TRIGGER positive BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION positive()',
    `${passing}INSERT INTO a VALUES (1);`,
    (answer) => {
      expect(answer('9.5')).toMatchObject({ answer: 'proved' });
      expect(answer('10.3')).toMatchObject(untested('public.a: positive'));
    },
  ));

test('a trigger that a statement inside a function fires is known by that statement', () =>
  judged(
    `${sharing}; CREATE FUNCTION spread() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE b SET n = 9; END $$`,
    onBoth('refuse', 'UPDATE'),
    `${passing}-- expect: P0001\nSELECT spread();`,
    (answer) => expect(answer('10.3')).toMatchObject(untested('public.a: refuse')),
  ));

test('a proposed test of a rule runs and breaks it', () =>
  judged(
    'CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1)',
    `CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ref varchar(20) NOT NULL UNIQUE, qty int CHECK (qty >= 1),
       state varchar(10) CHECK (state IN ('new', 'paid')), u int REFERENCES u (id));
     INSERT INTO t (ref, qty, state, u) VALUES ('a', 1, 'new', 1)`,
    `${passing}SELECT 1;`,
    (answer) => {
      const proposed = (['10.1', '10.2'] as const).flatMap(
        (box) => (answer(box) as { facts: { untested: { rule: string; test: string }[] } }).facts.untested,
      );
      expect(proposed.length).toBe(6);
      declaredAgain = proposed.map(({ test: text }) => text).join('\n\n');
    },
  ).then(() =>
    judged(
      'CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1)',
      `CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ref varchar(20) NOT NULL UNIQUE, qty int CHECK (qty >= 1),
         state varchar(10) CHECK (state IN ('new', 'paid')), u int REFERENCES u (id));
       INSERT INTO t (ref, qty, state, u) VALUES ('a', 1, 'new', 1)`,
      declaredAgain,
      (answer) => {
        expect(answer('10.1')).toMatchObject({ answer: 'proved' });
        expect(answer('10.2')).toMatchObject({ answer: 'proved' });
      },
    ),
  ));

let declaredAgain = '';
