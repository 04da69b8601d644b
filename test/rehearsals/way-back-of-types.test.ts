/** The ways back for which a type has to be replaced, or a foreign key put aside, on tables with rows. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { readNames } from '#adapters/postgres/way-back/names';
import { writeWayBack } from '#adapters/postgres/way-back/write-way-back';
import { testServer, withClient } from '#test/support/postgres';

const connectionTo = (database: string) => ({ ...testServer(), database, tls: false, pooled: false });

let made = 0;

/** `later` runs behind the migration: what an application has written since. */
const wayBackOf = async (setup: string, up: string, later = '') => {
  made += 1;
  const database = `way_back_of_types_${made}`;
  const administer = (sql: string) => withClient(connectionTo('postgres'), (client) => client.query(sql));
  await administer(`CREATE DATABASE ${database} TEMPLATE template0 STRATEGY FILE_COPY`);
  try {
    return await withClient(connectionTo(database), async (client) => {
      await client.query(setup);
      const [before, names] = [await readCatalog(client), await readNames(client)];
      await client.query(up);
      if (later) await client.query(later);
      return writeWayBack(client, { before, names, statementTimeoutMs: 20_000 });
    });
  } finally {
    await administer(`DROP DATABASE ${database} WITH (FORCE)`);
  }
};

const everyUse = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
COMMENT ON TYPE mood IS 'how it goes';
REVOKE USAGE ON TYPE mood FROM PUBLIC;
CREATE DOMAIN calm AS mood DEFAULT 'ok' CONSTRAINT not_sad CHECK (VALUE <> 'sad');
CREATE TYPE pair AS (one mood, other text);
CREATE FUNCTION opposite(one mood) RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT CASE one WHEN 'ok' THEN 'sad'::public.mood ELSE 'ok' END $$;
CREATE FUNCTION is_fine(one mood DEFAULT 'ok') RETURNS boolean IMMUTABLE BEGIN ATOMIC SELECT one = 'ok'::mood; END;
COMMENT ON FUNCTION is_fine IS 'is it?';
CREATE TABLE keys (mood mood PRIMARY KEY, name text);
CREATE TABLE days (
  id int PRIMARY KEY, "Mood" mood NOT NULL DEFAULT 'ok', seen mood[] DEFAULT '{ok,sad}', calm calm, pair pair,
  note text DEFAULT ('sad'::mood)::text, is_good boolean GENERATED ALWAYS AS ("Mood" = 'ok'::mood) STORED,
  CONSTRAINT known CHECK ("Mood" <> 'sad' OR note IS NOT NULL),
  CONSTRAINT of_keys FOREIGN KEY ("Mood") REFERENCES keys ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID);
CREATE INDEX days_sad ON days (id) WHERE "Mood" = 'sad';
CREATE INDEX days_opposite ON days (opposite("Mood"));
CREATE INDEX days_mood ON days ("Mood");
CREATE VIEW sad_days AS SELECT id, "Mood", seen FROM days WHERE "Mood" = 'sad';
COMMENT ON VIEW sad_days IS 'the bad ones';
COMMENT ON COLUMN sad_days.seen IS 'what was seen';
GRANT SELECT ON sad_days TO PUBLIC;
CREATE MATERIALIZED VIEW counted AS SELECT "Mood", count(*) FROM days GROUP BY 1;
CREATE UNIQUE INDEX counted_mood ON counted ("Mood");
ALTER TABLE days ENABLE ROW LEVEL SECURITY;
CREATE POLICY fine ON days USING ("Mood" = 'ok');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE OF "Mood" ON days FOR EACH ROW WHEN (NEW."Mood" = 'ok') EXECUTE FUNCTION touch();
CREATE TABLE logs (at date, mood mood DEFAULT 'sad') PARTITION BY RANGE (at);
CREATE TABLE logs_old PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE logs_old ALTER COLUMN mood SET DEFAULT 'ok';
INSERT INTO keys VALUES ('sad', 'a'), ('ok', 'b');
INSERT INTO days (id, "Mood", calm, pair) VALUES (1, 'sad', 'ok', ('ok', 'x')), (2, 'ok', NULL, NULL);
INSERT INTO logs VALUES ('2025-06-01', 'sad')`;

test('an enum value is taken out again under everything that uses the type', async () => {
  const written = await wayBackOf(everyUse, `ALTER TYPE mood ADD VALUE 'glad' BEFORE 'ok'`);

  expect(written).toMatchObject({ verdict: 'exact', differences: [], reasons: [] });
  expect(written.sql).toEqual(
    expect.arrayContaining([
      `CREATE TYPE public.mood AS ENUM ('sad', 'ok')`,
      'ALTER TABLE public.days ALTER COLUMN "Mood" TYPE public.mood USING "Mood"::text::public.mood',
      'DROP TYPE public.mood_replaced',
    ]),
  );
});

test('an enum value that nothing uses goes with the type', async () => {
  const written = await wayBackOf(`CREATE TYPE mood AS ENUM ('sad', 'ok')`, `ALTER TYPE mood ADD VALUE 'glad'`);

  expect(written).toMatchObject({ verdict: 'exact', reasons: [] });
});

test('an enum value that a row holds stays, and it is said which column holds it', async () => {
  const written = await wayBackOf(
    `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (mood mood)`,
    `ALTER TYPE mood ADD VALUE 'glad'`,
    `INSERT INTO days VALUES ('glad')`,
  );

  expect(written).toMatchObject({ verdict: 'irreversible by design', sql: [] });
  expect(written.reasons.join('; ')).toBe(
    `public.mood keeps 'glad': PostgreSQL cannot remove a value from an enum type; no type without it can take its place: ` +
      'ALTER TABLE public.days ALTER COLUMN mood TYPE public.mood USING mood::text::public.mood fails with ' +
      `"invalid input value for enum mood: "glad""`,
  );
});

test('an enum value stays where a partition key cannot change its type', async () => {
  const written = await wayBackOf(
    `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (mood mood) PARTITION BY LIST (mood)`,
    `ALTER TYPE mood ADD VALUE 'glad'`,
  );

  expect(written).toMatchObject({ verdict: 'irreversible by design', sql: [] });
  expect(written.reasons.join('; ')).toContain('because it is part of the partition key of relation "days"');
});

const bothEnds = (reference: string) => `
CREATE TABLE users (id text PRIMARY KEY);
CREATE TABLE jobs (id int PRIMARY KEY, user_id text);
INSERT INTO users VALUES ('1'), ('2');
INSERT INTO jobs VALUES (1, '1'), (2, NULL);
ALTER TABLE jobs ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users ${reference};
COMMENT ON CONSTRAINT of_user ON jobs IS 'who asked'`;

const retype = `
ALTER TABLE jobs DROP CONSTRAINT of_user;
ALTER TABLE users ALTER COLUMN id TYPE integer USING id::integer;
ALTER TABLE jobs ALTER COLUMN user_id TYPE integer USING user_id::integer;
ALTER TABLE jobs ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users`;

test.each(['', 'ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED', 'ON DELETE RESTRICT NOT VALID'])(
  'both ends of a foreign key become text again: REFERENCES users %s',
  async (reference) => {
    const written = await wayBackOf(
      bothEnds(reference),
      `${retype} ${reference};COMMENT ON CONSTRAINT of_user ON jobs IS 'who asked'`,
    );

    expect(written).toMatchObject({ verdict: 'exact', reasons: [] });
  },
);

test('both ends of a foreign key over partitions, and of one of a table to itself, become text again', async () => {
  const written = await wayBackOf(
    `CREATE TABLE users (id text PRIMARY KEY, chief text REFERENCES users);
     CREATE TABLE jobs (at date, user_id text REFERENCES users) PARTITION BY RANGE (at);
     CREATE TABLE jobs_old PARTITION OF jobs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
     INSERT INTO users VALUES ('1', '1'); INSERT INTO jobs VALUES ('2025-02-01', '1')`,
    `ALTER TABLE jobs DROP CONSTRAINT jobs_user_id_fkey; ALTER TABLE users DROP CONSTRAINT users_chief_fkey;
     ALTER TABLE users ALTER COLUMN id TYPE bigint USING id::bigint; ALTER TABLE users ALTER COLUMN chief TYPE bigint USING chief::bigint;
     ALTER TABLE jobs ALTER COLUMN user_id TYPE bigint USING user_id::bigint;
     ALTER TABLE users ADD FOREIGN KEY (chief) REFERENCES users; ALTER TABLE jobs ADD FOREIGN KEY (user_id) REFERENCES users`,
  );

  expect(written).toMatchObject({ verdict: 'exact', reasons: [] });
});
