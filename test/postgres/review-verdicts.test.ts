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

const expectRows = (rows: readonly Row[], ...boxes: readonly string[]) =>
  withReviewer(before, async (review) => {
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
