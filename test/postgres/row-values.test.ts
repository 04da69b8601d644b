/** What a server says of a row that it refuses goes into mails, evidence and the ledger: names stay, values do not. */
import { serverWords } from '#adapters/postgres/session/statement-failure';
import { withClient, withDatabase } from '#test/support/postgres';

const secret = 'ada.secret@example.org';
const number = '987654321';

const schema = `
CREATE EXTENSION btree_gist;
CREATE TYPE mood AS ENUM ('calm');
CREATE TABLE customer (id int PRIMARY KEY, email text, born text, amount bigint, "odd)=(name" text, note text);
INSERT INTO customer VALUES (1, '${secret}', '${secret}', ${number}00, 'odd ${secret}', NULL), (2, '${secret}', '${secret}', 5, 'odd ${secret}', '(${secret}) already exists.');
CREATE TABLE purchase (id int, customer text, seats int);
INSERT INTO purchase VALUES (1, '${secret}', 3), (2, '${secret}', 3);
CREATE TABLE split (id int, who text) PARTITION BY LIST (who);
CREATE VIEW calm AS SELECT id, email FROM customer WHERE email = 'calm' WITH CHECK OPTION`;

/** What is run, and what of the answer has to stay. */
const refused: readonly (readonly [sqlState: string, sql: string, stays: readonly string[]])[] = [
  ['23502', 'ALTER TABLE customer ALTER COLUMN note SET NOT NULL', ['"note"', '"customer"']],
  [
    '23502',
    'INSERT INTO purchase SELECT id FROM customer; ALTER TABLE purchase ALTER customer SET NOT NULL',
    ['"customer"'],
  ],
  ['23502', 'INSERT INTO customer SELECT NULL, email FROM customer', ['"id"', 'Failing row contains (…).']],
  ['23514', "ALTER TABLE customer ADD CONSTRAINT calm CHECK (email = 'calm')", ['"calm"', '"customer"']],
  ['23514', 'INSERT INTO split SELECT id, email FROM customer', ['"split"', '(who) = (…).']],
  ['23505', 'CREATE UNIQUE INDEX one_mail ON customer (email)', ['"one_mail"', 'Key (email)=(…) is duplicated.']],
  ['23505', 'CREATE UNIQUE INDEX odd ON customer ("odd)=(name")', ['"odd"']],
  ['23505', 'INSERT INTO customer SELECT id, email FROM customer', ['"customer_pkey"', 'Key (id)=(…) already exists.']],
  ['23505', 'CREATE UNIQUE INDEX two ON customer (email, born)', ['"two"', 'Key (email, born)=(…) is duplicated.']],
  [
    '23503',
    'CREATE UNIQUE INDEX notes ON customer (note); ALTER TABLE purchase ADD CONSTRAINT buyer FOREIGN KEY (customer) REFERENCES customer (note)',
    ['"buyer"', 'Key (customer)=(…) is not present in table "customer".'],
  ],
  [
    '23P01',
    'ALTER TABLE purchase ADD CONSTRAINT once EXCLUDE USING gist (customer WITH =)',
    ['"once"', 'Key (customer)=(…) conflicts with another.'],
  ],
  ['44000', 'INSERT INTO calm SELECT id + 10, email FROM customer', ['"calm"', 'Failing row contains (…).']],
  ['22P02', 'ALTER TABLE customer ALTER COLUMN born TYPE int USING born::int', ['type integer: "…"']],
  ['22P02', 'ALTER TABLE customer ALTER COLUMN born TYPE mood USING born::mood', ['enum mood: "…"']],
  ['22P02', 'ALTER TABLE customer ALTER COLUMN born TYPE json USING born::json', ['type json']],
  ['22P02', 'ALTER TABLE customer ALTER COLUMN born TYPE int[] USING born::int[]', ['malformed array literal: "…"']],
  ['22007', 'ALTER TABLE customer ALTER COLUMN born TYPE date USING born::date', ['type date: "…"']],
  ['22003', 'ALTER TABLE customer ALTER COLUMN amount TYPE int', ['integer out of range']],
  ['22003', 'ALTER TABLE customer ALTER COLUMN amount TYPE int USING (amount::text)::int', ['type integer']],
  ['22001', 'ALTER TABLE customer ALTER COLUMN born TYPE varchar(3)', ['character varying(3)']],
];

test.each(refused)('%s of "%s" says what stands in the schema, and nothing of a row', (sqlState, sql, stays) =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      await client.query(schema);

      const error = await client.query(sql).then(
        () => null,
        (cause: unknown) => cause,
      );
      const words = serverWords(error, sql);

      expect(words).toContain(`(SQLSTATE ${sqlState})`);
      for (const name of stays) expect(words).toContain(name);
      expect(words).not.toContain('secret');
      expect(words).not.toContain(number);
    }),
  ),
);

test("a statement's own literal stays, because it stands in the migration", () =>
  withDatabase((connection) =>
    withClient(connection, async (client) => {
      const sql = "SELECT 'never'::date";
      const error = await client.query(sql).catch((cause: unknown) => cause);

      expect(serverWords(error, sql)).toBe('invalid input syntax for type date: "never" (SQLSTATE 22007)');
    }),
  ));
