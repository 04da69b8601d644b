/** What the rules say of statements against a real schema; a row says which findings there are, and no others of those boxes. */
import { migrationFile } from '#test/support/review-subject';
import { withReviewer } from '#test/support/reviewed';

const before = `
CREATE TABLE orders (order_id bigint CONSTRAINT orders_pkey PRIMARY KEY, note text, amount numeric);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER orders_stamp BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER orders_late BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
ALTER TABLE orders DISABLE TRIGGER orders_late;
CREATE TABLE event (id bigint, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE event_26 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX event_kind_idx ON ONLY event (kind);
CREATE INDEX event_26_kind_idx ON event_26 (kind);
CREATE TABLE event_27 (id bigint, at date NOT NULL, kind text);
`;

type Row = readonly [sql: string, rollback: string, found: readonly (string | RegExp)[]];

const expectRows = (rows: readonly Row[], ...boxes: readonly string[]) => expectRowsAfter(before, rows, ...boxes);

const expectRowsAfter = (made: string, rows: readonly Row[], ...boxes: readonly string[]) =>
  withReviewer(made, async (review) => {
    const seen: unknown[] = [];
    for (const [sql, rollback] of rows)
      seen.push([sql, (await review(migrationFile(sql, rollback))).findingsIn(...boxes)]);

    expect(seen).toEqual(rows.map(([sql, , found]) => [sql, found.map((one) => expect.stringMatching(one))]));
  });

const notUndone = /^rollback-misses-change: .* is not undone/;

test('triggers that are switched off and on again are no change, and what stays switched is one', () =>
  expectRows(
    [
      ['ALTER TABLE orders DISABLE TRIGGER USER; ALTER TABLE orders ENABLE TRIGGER orders_stamp;', 'SELECT 1;', []],
      [
        'ALTER TABLE orders DISABLE TRIGGER orders_stamp; ALTER TABLE orders ENABLE TRIGGER orders_stamp;',
        'SELECT 1;',
        [],
      ],
      ['ALTER TABLE orders DISABLE TRIGGER orders_stamp, ENABLE TRIGGER orders_stamp;', 'SELECT 1;', []],
      ['ALTER TABLE orders DISABLE TRIGGER orders_stamp;', 'SELECT 1;', [notUndone]],
      ['ALTER TABLE orders DISABLE TRIGGER orders_stamp;', 'ALTER TABLE orders ENABLE TRIGGER orders_stamp;', []],
      [
        'ALTER TABLE orders ENABLE TRIGGER orders_stamp; ALTER TABLE orders DISABLE TRIGGER orders_stamp;',
        'SELECT 1;',
        [notUndone],
      ],
      ['ALTER TABLE orders DISABLE TRIGGER ALL;', 'SELECT 1;', [/DISABLE TRIGGER ALL on public.orders is not undone/]],
      [
        'ALTER TABLE orders DISABLE TRIGGER ALL;',
        'ALTER TABLE orders ENABLE TRIGGER ALL; ALTER TABLE orders DISABLE TRIGGER orders_late;',
        [],
      ],
      // Foreign keys stay switched off.
      [
        'ALTER TABLE orders DISABLE TRIGGER ALL; ALTER TABLE orders ENABLE TRIGGER USER; ALTER TABLE orders DISABLE TRIGGER orders_late;',
        'SELECT 1;',
        [/DISABLE TRIGGER ALL/],
      ],
      // It had been off before.
      [
        'ALTER TABLE orders DISABLE TRIGGER USER; ALTER TABLE orders ENABLE TRIGGER USER;',
        'SELECT 1;',
        [/ENABLE TRIGGER USER/],
      ],
      ['ALTER TABLE orders ENABLE ALWAYS TRIGGER orders_stamp;', 'ALTER TABLE orders ENABLE TRIGGER orders_stamp;', []],
      [
        'ALTER TABLE orders ENABLE REPLICA TRIGGER orders_stamp;',
        'ALTER TABLE orders DISABLE TRIGGER orders_stamp;',
        [notUndone],
      ],
    ],
    '1.4',
  ));

test('what is switched over and back within the file needs nothing of the rollback', () =>
  expectRows(
    [
      ['ALTER TABLE orders ALTER note SET NOT NULL; ALTER TABLE orders ALTER note DROP NOT NULL;', 'SELECT 1;', []],
      [
        'ALTER TABLE orders ALTER note SET NOT NULL; ALTER TABLE orders ALTER amount DROP NOT NULL;',
        'SELECT 1;',
        [notUndone, notUndone],
      ],
      ['ALTER TABLE orders SET UNLOGGED; ALTER TABLE orders SET LOGGED;', 'SELECT 1;', []],
    ],
    '1.4',
  ));

test('an attached partition goes by DETACH or with what is dropped; of an index only with its table’s index', () =>
  expectRows(
    [
      [
        "ALTER TABLE event ATTACH PARTITION event_27 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        'ALTER TABLE event DETACH PARTITION event_27;',
        [],
      ],
      [
        "ALTER TABLE event ATTACH PARTITION event_27 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        'SELECT 1;',
        [notUndone],
      ],
      [
        "CREATE TABLE event_28 (LIKE event);\nALTER TABLE event ATTACH PARTITION event_28 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');",
        'DROP TABLE event_28;',
        [],
      ],
      [
        "CREATE TABLE event_28 PARTITION OF event FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');",
        'DROP TABLE event_28;',
        [],
      ],
      [
        'CREATE INDEX i ON ONLY event (id);\nCREATE INDEX i_26 ON event_26 (id);\nALTER INDEX i ATTACH PARTITION i_26;',
        'DROP INDEX i;',
        [],
      ],
      ['ALTER INDEX event_kind_idx ATTACH PARTITION event_26_kind_idx;', 'SELECT 1;', [/no DETACH for indexes/]],
      [
        'ALTER INDEX event_kind_idx ATTACH PARTITION event_26_kind_idx;',
        'DROP INDEX event_kind_idx;\nCREATE INDEX event_kind_idx ON ONLY event (kind);\nCREATE INDEX event_26_kind_idx ON event_26 (kind);',
        [],
      ],
    ],
    '1.4',
  ));

test('a shorter timeout is no fault; a longer one and 0 are, where somebody could wait', () =>
  expectRows(
    [
      ["SET LOCAL lock_timeout = '1s';\nALTER TABLE orders ADD a int;", 'ALTER TABLE orders DROP a;', []],
      ['SET lock_timeout = 500;\nALTER TABLE orders ADD a int;', 'ALTER TABLE orders DROP a;', []],
      [
        "SELECT set_config('lock_timeout', '100ms', true);\nALTER TABLE orders ADD a int;",
        'ALTER TABLE orders DROP a;',
        [],
      ],
      ["SET statement_timeout = '5min';\nALTER TABLE orders ADD a int;", 'ALTER TABLE orders DROP a;', []],
      ["SET transaction_timeout = '1h';\nALTER TABLE orders ADD a int;", 'ALTER TABLE orders DROP a;', []],
      [
        "SET lock_timeout = '1min';\nALTER TABLE orders ADD a int;",
        'ALTER TABLE orders DROP a;',
        [/sets lock_timeout to 1min/],
      ],
      [
        'SET lock_timeout = 0;\nALTER TABLE orders ADD a int;',
        'ALTER TABLE orders DROP a;',
        [/sets lock_timeout to 0/],
      ],
      [
        "SELECT pg_catalog.set_config('statement_timeout', '0', false);\nALTER TABLE orders ADD a int;",
        'ALTER TABLE orders DROP a;',
        [/sets statement_timeout to 0/],
      ],
      ['RESET lock_timeout;\nALTER TABLE orders ADD a int;', 'ALTER TABLE orders DROP a;', [/gives lock_timeout back/]],
      [
        'SET lock_timeout TO DEFAULT;\nALTER TABLE orders ADD a int;',
        'ALTER TABLE orders DROP a;',
        [/gives lock_timeout back/],
      ],
      ['SET lock_timeout = 0;\nCREATE TABLE a (id int);', 'DROP TABLE a;', []],
      ['ALTER TABLE orders ADD a int;\nSET lock_timeout = 0;', 'ALTER TABLE orders DROP a;', []],
    ],
    '3.5',
  ));

const roles = `
DO $$ DECLARE one text; BEGIN
  FOREACH one IN ARRAY ARRAY['review_app', 'review_reader', 'review_owner'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN EXECUTE format('CREATE ROLE %I', one); END IF;
  END LOOP;
END $$;
`;

const granted = `${roles}
CREATE TABLE invoice (id bigint CONSTRAINT invoice_pkey PRIMARY KEY, total numeric, secret text);
ALTER TABLE invoice OWNER TO review_owner;
GRANT SELECT, INSERT ON invoice TO review_app;
GRANT SELECT (id, total) ON invoice TO review_reader;
CREATE VIEW open_invoice AS SELECT id, total FROM invoice;
COMMENT ON VIEW open_invoice IS 'open';
GRANT SELECT ON open_invoice TO review_app;
CREATE VIEW of_view AS SELECT id FROM open_invoice;
CREATE FUNCTION worth(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION worth(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worth(int) TO review_app;
CREATE FUNCTION free() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE open_to_all (id bigint CONSTRAINT open_to_all_pkey PRIMARY KEY);
GRANT SELECT ON open_to_all TO PUBLIC, review_app;
CREATE TABLE guarded (id bigint CONSTRAINT guarded_pkey PRIMARY KEY);
GRANT SELECT, UPDATE ON guarded TO review_app, review_reader;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY guarded_read ON guarded FOR SELECT TO review_app USING (true);
CREATE POLICY guarded_all ON guarded TO review_reader USING (true);
CREATE SEQUENCE counter;
GRANT USAGE ON SEQUENCE counter TO review_app;
`;

const recreated = 'DROP VIEW of_view; DROP VIEW open_invoice; CREATE VIEW of_view AS SELECT id FROM invoice;';

const expectBreaking = (rows: readonly Row[]) => expectRowsAfter(granted, rows, '3.2');

test('what is dropped and made anew loses its grants, its comment and its columns, unless the file gives them again', () =>
  expectBreaking([
    [
      `${recreated} CREATE VIEW open_invoice AS SELECT id, total FROM invoice;`,
      'SELECT 1;',
      [/view public.open_invoice is dropped and made anew: review_app loses SELECT; its comment is gone$/],
    ],
    [
      `${recreated} CREATE VIEW open_invoice AS SELECT id, total FROM invoice; GRANT SELECT ON open_invoice TO review_app; COMMENT ON VIEW open_invoice IS $$x$$;`,
      'SELECT 1;',
      [],
    ],
    [
      `${recreated} CREATE VIEW open_invoice AS SELECT id FROM invoice; GRANT ALL ON ALL TABLES IN SCHEMA public TO review_app; COMMENT ON VIEW open_invoice IS $$x$$;`,
      'SELECT 1;',
      [/made anew: column total is gone/],
    ],
    [
      'DROP VIEW open_invoice CASCADE; CREATE VIEW open_invoice AS SELECT id, total FROM invoice; GRANT SELECT ON open_invoice TO review_app; COMMENT ON VIEW open_invoice IS $$x$$;',
      'SELECT 1;',
      [/CASCADE drops view public.of_view/],
    ],
    ['CREATE OR REPLACE VIEW open_invoice AS SELECT id, total FROM invoice WHERE total > 1;', 'SELECT 1;', []],
    [
      'DROP FUNCTION worth(int); CREATE FUNCTION worth(a int) RETURNS int LANGUAGE sql AS $$SELECT 2$$;',
      'SELECT 1;',
      [/PUBLIC, which could not, may EXECUTE it/],
    ],
    ['DROP FUNCTION free(); CREATE FUNCTION free() RETURNS int LANGUAGE sql AS $$SELECT 2$$;', 'SELECT 1;', []],
    ['ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO review_app;', 'SELECT 1;', []],
  ]));

test('what is revoked from who holds it breaks its statements', () =>
  expectBreaking([
    [
      'REVOKE SELECT ON invoice FROM review_app;',
      'SELECT 1;',
      [/SELECT on table public.invoice is revoked from review_app/],
    ],
    [
      'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM review_app;',
      'SELECT 1;',
      [/public.guarded/, /INSERT, SELECT on table public.invoice/, /public.open_invoice/],
    ],
    ['REVOKE DELETE ON invoice FROM review_app; REVOKE SELECT ON invoice FROM nobody_has_it;', 'SELECT 1;', []],
    [
      'REVOKE SELECT (total) ON invoice FROM review_reader;',
      'SELECT 1;',
      [/public.invoice \(total\) is revoked from review_reader/],
    ],
    ['REVOKE SELECT (id) ON invoice FROM review_app;', 'SELECT 1;', []],
    ['REVOKE SELECT ON open_to_all FROM review_app;', 'SELECT 1;', []],
    ['REVOKE SELECT ON open_to_all FROM PUBLIC;', 'SELECT 1;', [/revoked from PUBLIC/]],
    ['REVOKE SELECT ON invoice FROM review_app; GRANT SELECT ON invoice TO review_app;', 'SELECT 1;', []],
    ['REVOKE GRANT OPTION FOR SELECT ON invoice FROM review_app;', 'SELECT 1;', []],
    [
      'REVOKE ALL ON FUNCTION free() FROM PUBLIC;',
      'SELECT 1;',
      [/EXECUTE on function public.free is revoked from PUBLIC/],
    ],
    ['REVOKE USAGE ON SEQUENCE counter FROM review_app;', 'SELECT 1;', [/sequence public.counter/]],
    ['ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM review_app;', 'SELECT 1;', []],
    [
      'CREATE TABLE mine (id int); GRANT SELECT ON mine TO review_app; REVOKE SELECT ON mine FROM review_app;',
      'SELECT 1;',
      [],
    ],
  ]));

test('row security without a policy for who holds grants hides the rows from it', () =>
  expectBreaking([
    [
      'ALTER TABLE invoice ENABLE ROW LEVEL SECURITY;',
      'SELECT 1;',
      [
        /is switched on for public.invoice, and no policy lets review_app SELECT, INSERT: it sees none, can insert none of the rows/,
        /review_reader SELECT/,
      ],
    ],
    ['ALTER TABLE invoice ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON invoice USING (true);', 'SELECT 1;', []],
    [
      'ALTER TABLE invoice ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON invoice FOR SELECT USING (true);',
      'SELECT 1;',
      [/no policy lets review_app INSERT/],
    ],
    [
      'ALTER TABLE invoice ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON invoice TO review_app USING (true);',
      'SELECT 1;',
      [/no policy lets review_reader SELECT.*member of review_app/],
    ],
    [
      'ALTER TABLE invoice ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON invoice AS RESTRICTIVE USING (true);',
      'SELECT 1;',
      [/review_app SELECT, INSERT.*owns the table$/, /review_reader/],
    ],
    ['ALTER TABLE invoice ENABLE ROW LEVEL SECURITY; ALTER TABLE invoice DISABLE ROW LEVEL SECURITY;', 'SELECT 1;', []],
    [
      'ALTER TABLE invoice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON invoice TO review_app, review_reader USING (true);',
      'SELECT 1;',
      [/review_owner, its owner, SELECT/],
    ],
    ['ALTER TABLE guarded FORCE ROW LEVEL SECURITY;', 'SELECT 1;', [/, its owner,/]],
    [
      'DROP POLICY guarded_all ON guarded;',
      'SELECT 1;',
      [/stays on for public.guarded, and no policy lets review_reader SELECT, UPDATE/],
    ],
    [
      'DROP POLICY guarded_read ON guarded; CREATE POLICY guarded_read ON guarded TO review_app USING (id > 1);',
      'SELECT 1;',
      [],
    ],
    ['ALTER POLICY guarded_read ON guarded TO review_reader;', 'SELECT 1;', [/no policy lets review_app SELECT/]],
  ]));

const codeBefore = `
CREATE TABLE orders (order_id bigint CONSTRAINT orders_pkey PRIMARY KEY, note text);
CREATE TABLE archive (order_id bigint CONSTRAINT archive_pkey PRIMARY KEY, note text);
CREATE FUNCTION fill() RETURNS bigint LANGUAGE sql AS 'UPDATE orders SET note = $$x$$; SELECT count(*) FROM orders';
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM orders';
`;

test('what a function does that a SELECT calls cannot be read, unless it may not write', () =>
  expectRowsAfter(
    codeBefore,
    [
      [
        'SELECT fill();',
        'SELECT 1;',
        [/^code-unseen: the function public.fill runs code that the review cannot read$/],
      ],
      ['SELECT count(*) FROM (SELECT public.fill()) x;', 'SELECT 1;', [/^code-unseen: the function public.fill /]],
      ['SELECT total();', 'SELECT 1;', []],
      ["SELECT setval('orders_seq', 5);", 'SELECT 1;', []],
    ],
    '3.6',
  ));

test('boxes about tables are open where a SELECT calls a function that may write', () =>
  withReviewer(codeBefore, async (review) => {
    const reviewed = await review(migrationFile('SELECT fill();', 'SELECT 1;'));

    for (const box of ['3.1', '3.2'])
      expect(reviewed.box(box)).toMatchObject({
        answer: 'open',
        reason: expect.stringMatching(/cannot read the code/),
      });
  }));

test.each([
  'WITH moved AS (UPDATE orders SET note = NULL RETURNING *) INSERT INTO archive SELECT * FROM moved;',
  'WITH moved AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM moved;',
])('a table that WITH writes is affected: %s', (sql) =>
  withReviewer(codeBefore, async (review) => {
    expect((await review(migrationFile(sql, 'SELECT 1;'))).box('3.1')?.reason).toContain('public.orders');
  }),
);

const memberBefore = `
CREATE EXTENSION pgcrypto;
CREATE TABLE orders (order_id bigint CONSTRAINT orders_pkey PRIMARY KEY, note text);
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM orders';
CREATE TABLE logs (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (10);
CREATE TABLE tickets (id bigint);
GRANT SELECT ON tickets TO PUBLIC;
`;

test.each([
  ['REVOKE CONNECT ON DATABASE shop FROM PUBLIC;', 'open'],
  ['ALTER ROLE app NOLOGIN;', 'open'],
  ['REVOKE EXECUTE ON FUNCTION digest(text, text) FROM PUBLIC;', 'open'],
  ['REVOKE SELECT ON pg_catalog.pg_stats FROM PUBLIC;', 'open'],
  ['REVOKE EXECUTE ON FUNCTION total() FROM PUBLIC;', 'failed'],
  ['ALTER FUNCTION total() RENAME TO totals; REVOKE EXECUTE ON FUNCTION totals() FROM review_nobody;', 'failed'],
  ['CREATE TABLE visits (id bigint); REVOKE SELECT ON visits FROM PUBLIC;', 'proved'],
  ['GRANT SELECT ON orders TO PUBLIC;', 'proved'],
  ['ALTER TABLE logs DETACH PARTITION logs_1;', 'open'],
  ['ALTER TABLE orders OWNER TO review_nobody;', 'open'],
  ['CREATE TABLE visits (id bigint); ALTER TABLE visits OWNER TO review_nobody;', 'proved'],
  ['ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;', 'failed'],
  ['ALTER TABLE tickets ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON tickets USING (false);', 'failed'],
  ['ALTER TABLE tickets ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON tickets USING (id > 5);', 'open'],
  ['ALTER TABLE tickets ENABLE ROW LEVEL SECURITY; CREATE POLICY every ON tickets USING (true);', 'proved'],
])('whether it breaks anything is said of what is known alone: %s', (sql, answer) =>
  withReviewer(memberBefore, async (review) => {
    expect((await review(migrationFile(sql, 'SELECT 1;'))).box('3.2')).toMatchObject({ answer });
  }),
);

const checkedColumn = `ALTER TABLE orders ADD CONSTRAINT note_set CHECK (note IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT note_set;
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT note_set;`;

test('a constraint that comes and goes in one file needs no way back, and narrows nothing itself', () =>
  expectRows(
    [
      [
        checkedColumn,
        'ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;',
        [/^column-required: column public.orders.note becomes NOT NULL/],
      ],
      [
        'ALTER TABLE orders DROP CONSTRAINT orders_pkey;',
        'SELECT 1;',
        [/^rollback-misses-change: DROP CONSTRAINT/, /^primary-key-dropped/],
      ],
    ],
    ...['1.4', '3.2'],
  ));

test('an index that became a constraint goes with it', () => {
  const made = 'CREATE UNIQUE INDEX orders_note_key ON orders (note); ';
  const added = `${made}ALTER TABLE orders ADD CONSTRAINT orders_note_key UNIQUE USING INDEX orders_note_key;`;
  return expectRows(
    [
      [added, 'ALTER TABLE orders DROP CONSTRAINT orders_note_key;', []],
      [
        added.replace('CONSTRAINT orders_note_key', 'CONSTRAINT orders_note_unique'),
        'ALTER TABLE orders DROP CONSTRAINT orders_note_unique;',
        [],
      ],
      [added, 'SELECT 1;', [/^rollback-misses-object: index/, /^rollback-misses-object: constraint/]],
      [made, 'ALTER TABLE orders DROP CONSTRAINT other;', [/./, /^rollback-misses-object: index/]],
    ],
    '1.4',
  );
});

test('a rollback may drop what a block of code has made, and not what was there', () => {
  const code = "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN k int', 'orders'); END $$;";
  return expectRows(
    [
      [code, 'ALTER TABLE orders DROP COLUMN k;', []],
      [code, 'ALTER TABLE orders DROP COLUMN note;', [/^rollback-drops-other-object: .* column public.orders.note/]],
      ['SELECT 1;', 'ALTER TABLE orders DROP COLUMN k;', [/^rollback-drops-other-object/]],
    ],
    '1.4',
  );
});

test('a domain that is narrowed narrows the columns of its type', () =>
  expectRowsAfter(
    'CREATE DOMAIN positive AS int CHECK (value > 0); CREATE TABLE uses (id bigint PRIMARY KEY, p positive);',
    [
      [
        'ALTER DOMAIN positive ADD CONSTRAINT small CHECK (value < 100);',
        'SELECT 1;',
        [/^constraint-narrows: a CHECK is added to domain public.positive/],
      ],
      ['ALTER DOMAIN positive SET NOT NULL;', 'SELECT 1;', [/^constraint-narrows: NOT NULL is set for domain/]],
      ['CREATE DOMAIN d AS int; ALTER DOMAIN d SET NOT NULL;', 'SELECT 1;', []],
      ['ALTER DOMAIN positive DROP NOT NULL;', 'SELECT 1;', []],
    ],
    '3.2',
  ));
