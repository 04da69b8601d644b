/** What PostgreSQL does to a table of 200,000 rows for each form of statement: the table that the dry run's classes are held against. */
import type { StatementClass } from '#domain/dry-run/statement-class';
import type { LockMode } from '#domain/locks/lock-modes';

export type StatementForm = {
  readonly form: string;
  readonly sql: string;
  readonly class: StatementClass;
  /** The strongest lock per table that was there before, without the schema's name; on an index where it is stronger still. */
  readonly locks: Readonly<Record<string, LockMode>>;
};

/** `big` is the table; the others are what single forms need beside it. */
export const arrangement = `
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT n FROM generate_series(1, 100) n;
CREATE TABLE big (id bigint PRIMARY KEY, parent_id int, code varchar(20) NOT NULL, amount numeric(6,2) NOT NULL DEFAULT 0,
  at timestamp NOT NULL DEFAULT now(), note text, count int);
INSERT INTO big SELECT n, n % 100 + 1, 'code ' || n, n % 1000, '2026-01-01', 'note', n
  FROM generate_series(1, 200000) n;
CREATE INDEX big_parent ON big (parent_id);
ALTER TABLE big ADD CONSTRAINT checked_later CHECK (id > 0) NOT VALID,
  ADD CONSTRAINT related_later FOREIGN KEY (parent_id) REFERENCES parent NOT VALID;
CREATE TABLE proved (LIKE big INCLUDING DEFAULTS, CONSTRAINT note_there CHECK (note IS NOT NULL));
INSERT INTO proved SELECT * FROM big;
CREATE TABLE keyed (id bigint NOT NULL, code varchar(20));
INSERT INTO keyed SELECT id, code FROM big;
CREATE UNIQUE INDEX keyed_id ON keyed (id);
CREATE UNIQUE INDEX keyed_code ON keyed (code);
CREATE TABLE parted (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM (1) TO (200001);
INSERT INTO parted SELECT id FROM big;
CREATE TABLE loose (id bigint NOT NULL);
INSERT INTO loose SELECT id + 200000 FROM big;
CREATE TABLE fitting (LIKE loose, CONSTRAINT fits CHECK (id >= 200001 AND id < 400001));
INSERT INTO fitting SELECT id FROM loose;
CREATE MATERIALIZED VIEW summary AS SELECT id FROM big;
CREATE UNIQUE INDEX summary_id ON summary (id);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
`;

const exclusive = { big: 'AccessExclusiveLock' } as const;
const metadata = { class: 'metadata only', locks: exclusive } as const;
const scan = { class: 'scan', locks: exclusive } as const;
const rewrite = { class: 'rewrite', locks: exclusive } as const;
const sharing = { big: 'ShareUpdateExclusiveLock' } as const;
const building = { big: 'ShareLock' } as const;
const withParent = (mode: LockMode) => ({ big: mode, parent: 'ShareRowExclusiveLock' }) as const;

const add = (column: string) => `ALTER TABLE big ADD COLUMN ${column}`;
const retype = (column: string, type: string) => `ALTER TABLE big ALTER COLUMN ${column} TYPE ${type}`;
const constrain = (constraint: string) => `ALTER TABLE big ADD CONSTRAINT added ${constraint}`;

/** Each in a transaction of its own, which is rolled back. PostgreSQL 15 to 18 do all of them alike. */
export const forms: readonly StatementForm[] = [
  { form: 'add a column', sql: add('more text'), ...metadata },
  { form: 'add a column with a constant', sql: add("more text NOT NULL DEFAULT 'x'"), ...metadata },
  { form: 'add a column with now()', sql: add('more timestamptz NOT NULL DEFAULT now()'), ...metadata },
  { form: 'add a column with a volatile default', sql: add('more uuid DEFAULT gen_random_uuid()'), ...rewrite },
  { form: 'add a serial column', sql: add('more bigserial'), ...rewrite },
  { form: 'add an identity column', sql: add('more bigint GENERATED ALWAYS AS IDENTITY'), ...rewrite },
  { form: 'add a generated column', sql: add('more int GENERATED ALWAYS AS (count + 1) STORED'), ...rewrite },
  {
    form: 'add a column that refers to another table',
    sql: add('more int REFERENCES parent'),
    class: 'metadata only',
    locks: withParent('AccessExclusiveLock'),
  },
  { form: 'set not null', sql: 'ALTER TABLE big ALTER COLUMN note SET NOT NULL', ...scan },
  {
    form: 'set not null where a check proves it',
    sql: 'ALTER TABLE proved ALTER COLUMN note SET NOT NULL',
    class: 'metadata only',
    locks: { proved: 'AccessExclusiveLock' },
  },
  { form: 'drop not null', sql: 'ALTER TABLE big ALTER COLUMN code DROP NOT NULL', ...metadata },
  { form: 'add a check', sql: constrain('CHECK (count > 0)'), ...scan },
  { form: 'add a check, not valid', sql: constrain('CHECK (count > 0) NOT VALID'), ...metadata },
  { form: 'validate a check', sql: 'ALTER TABLE big VALIDATE CONSTRAINT checked_later', class: 'scan', locks: sharing },
  {
    form: 'add a foreign key',
    sql: constrain('FOREIGN KEY (parent_id) REFERENCES parent'),
    class: 'scan',
    locks: withParent('ShareRowExclusiveLock'),
  },
  {
    form: 'add a foreign key, not valid',
    sql: constrain('FOREIGN KEY (parent_id) REFERENCES parent NOT VALID'),
    class: 'metadata only',
    locks: withParent('ShareRowExclusiveLock'),
  },
  {
    form: 'validate a foreign key',
    sql: 'ALTER TABLE big VALIDATE CONSTRAINT related_later',
    class: 'scan',
    locks: { ...sharing, parent: 'RowShareLock' },
  },
  { form: 'add a unique constraint', sql: constrain('UNIQUE (code)'), ...scan },
  {
    form: 'add a unique constraint, using an index',
    sql: 'ALTER TABLE keyed ADD CONSTRAINT added UNIQUE USING INDEX keyed_code',
    class: 'metadata only',
    locks: { keyed: 'AccessExclusiveLock' },
  },
  {
    form: 'add a primary key',
    sql: 'ALTER TABLE proved ADD CONSTRAINT added PRIMARY KEY (id)',
    class: 'scan',
    locks: { proved: 'AccessExclusiveLock' },
  },
  {
    form: 'add a primary key, using an index',
    sql: 'ALTER TABLE keyed ADD CONSTRAINT added PRIMARY KEY USING INDEX keyed_id',
    class: 'metadata only',
    locks: { keyed: 'AccessExclusiveLock' },
  },
  { form: 'add an exclusion', sql: constrain('EXCLUDE (code WITH =)'), ...scan },
  { form: 'create an index', sql: 'CREATE INDEX added ON big (code)', class: 'scan', locks: building },
  { form: 'drop an index', sql: 'DROP INDEX big_parent', ...metadata },
  {
    form: 'reindex an index',
    sql: 'REINDEX INDEX big_parent',
    class: 'scan',
    locks: { big: 'ShareLock', big_parent: 'AccessExclusiveLock' },
  },
  { form: 'longer varchar', sql: retype('code', 'varchar(40)'), ...metadata },
  { form: 'varchar to text', sql: retype('code', 'text'), ...metadata },
  { form: 'wider numeric of the same scale', sql: retype('amount', 'numeric(8,2)'), ...metadata },
  { form: 'timestamp to timestamptz under UTC', sql: retype('at', 'timestamptz'), ...metadata },
  { form: 'shorter varchar', sql: retype('code', 'varchar(15)'), ...rewrite },
  { form: 'int to bigint', sql: retype('count', 'bigint'), ...rewrite },
  { form: 'numeric of another scale', sql: retype('amount', 'numeric(8,3)'), ...rewrite },
  { form: 'drop a column', sql: 'ALTER TABLE big DROP COLUMN note', ...metadata },
  { form: 'rename a column', sql: 'ALTER TABLE big RENAME COLUMN note TO remark', ...metadata },
  { form: 'rename a table', sql: 'ALTER TABLE big RENAME TO large', ...metadata },
  { form: 'set a default', sql: "ALTER TABLE big ALTER COLUMN note SET DEFAULT 'x'", ...metadata },
  {
    form: 'create a trigger',
    sql: 'CREATE TRIGGER added BEFORE UPDATE ON big FOR EACH ROW EXECUTE FUNCTION keep()',
    class: 'metadata only',
    locks: { big: 'ShareRowExclusiveLock' },
  },
  { form: 'enable row level security', sql: 'ALTER TABLE big ENABLE ROW LEVEL SECURITY', ...metadata },
  {
    form: 'create a view',
    sql: 'CREATE VIEW added AS SELECT id FROM big',
    class: 'metadata only',
    locks: { big: 'AccessShareLock' },
  },
  { form: 'comment', sql: "COMMENT ON TABLE big IS 'x'", class: 'metadata only', locks: sharing },
  {
    form: 'create statistics',
    sql: 'CREATE STATISTICS added ON code, count FROM big',
    class: 'metadata only',
    locks: sharing,
  },
  {
    form: 'truncate',
    sql: 'TRUNCATE keyed',
    class: 'data',
    locks: { keyed: 'AccessExclusiveLock' },
  },
  { form: 'set unlogged', sql: 'ALTER TABLE big SET UNLOGGED', ...rewrite },
  { form: 'cluster', sql: 'CLUSTER big USING big_pkey', ...rewrite },
  {
    form: 'refresh a materialized view',
    sql: 'REFRESH MATERIALIZED VIEW summary',
    class: 'rewrite',
    locks: { summary: 'AccessExclusiveLock', big: 'AccessShareLock' },
  },
  {
    form: 'refresh a materialized view, concurrently',
    sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY summary',
    class: 'scan',
    locks: { summary: 'ExclusiveLock', big: 'AccessShareLock' },
  },
  {
    form: 'update all rows',
    sql: "UPDATE keyed SET code = 'new ' || id",
    class: 'data',
    locks: { keyed: 'RowExclusiveLock' },
  },
  {
    form: 'attach a partition',
    sql: 'ALTER TABLE parted ATTACH PARTITION loose FOR VALUES FROM (200001) TO (400001)',
    class: 'scan',
    locks: { loose: 'AccessExclusiveLock', parted: 'ShareUpdateExclusiveLock' },
  },
  {
    form: 'attach a partition whose check proves it',
    sql: 'ALTER TABLE parted ATTACH PARTITION fitting FOR VALUES FROM (200001) TO (400001)',
    class: 'metadata only',
    locks: { fitting: 'AccessExclusiveLock', parted: 'ShareUpdateExclusiveLock' },
  },
  {
    form: 'detach a partition',
    sql: 'ALTER TABLE parted DETACH PARTITION part',
    class: 'metadata only',
    locks: { parted: 'AccessExclusiveLock', part: 'AccessExclusiveLock' },
  },
  { form: 'add a value to an enum', sql: "ALTER TYPE state ADD VALUE 'late'", class: 'metadata only', locks: {} },
];

/** What PostgreSQL does not run in a transaction, one after the other. `table` is where it has to wait for others. */
export const formsOutside: readonly (StatementForm & { readonly table: string })[] = [
  {
    form: 'create an index, concurrently',
    sql: 'CREATE INDEX CONCURRENTLY added ON big (code)',
    table: 'big',
    class: 'scan',
    locks: sharing,
  },
  {
    form: 'reindex an index, concurrently',
    sql: 'REINDEX INDEX CONCURRENTLY big_parent',
    table: 'big',
    class: 'scan',
    locks: sharing,
  },
  {
    form: 'drop an index, concurrently',
    sql: 'DROP INDEX CONCURRENTLY big_parent',
    table: 'big',
    class: 'metadata only',
    locks: sharing,
  },
];
