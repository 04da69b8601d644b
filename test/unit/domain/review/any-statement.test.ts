import { privilegeNeeds } from '#domain/review/privilege-needs';
import { ordersCatalog, subjectOf } from '#test/support/review-subject';
import { reviewsOf } from '#test/support/reviews';

const statements = `
ALTER TABLE orders ADD CONSTRAINT x CHECK (note > 'a') NOT VALID, VALIDATE CONSTRAINT x, ALTER note SET STORAGE plain, SET TABLESPACE z;
ALTER TABLE orders ADD PRIMARY KEY USING INDEX i, CLUSTER ON i, SET LOGGED, REPLICA IDENTITY FULL, OWNER TO CURRENT_USER, OF t, NOT OF;
ALTER TABLE ONLY orders ALTER COLUMN note SET DATA TYPE text COLLATE "C" USING note::text, ALTER note SET DEFAULT now(), ALTER note DROP DEFAULT;
ALTER TABLE IF EXISTS orders SET SCHEMA other
ALTER TABLE orders RENAME CONSTRAINT a TO b
ALTER INDEX orders_note_idx RENAME TO other
ALTER INDEX orders_note_idx SET (fillfactor = 50)
ALTER VIEW noted RENAME COLUMN a TO b
ALTER FUNCTION touch() RENAME TO other
ALTER FUNCTION touch() SET search_path = ''
ALTER TYPE t RENAME VALUE 'a' TO 'b'
ALTER TYPE t ADD ATTRIBUTE a int
ALTER SEQUENCE s OWNED BY NONE
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0)
ALTER SCHEMA s RENAME TO other
ALTER EXTENSION citext UPDATE
ALTER ROLE CURRENT_USER SET search_path = ''
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC
ALTER POLICY p ON orders USING (false)
ALTER PUBLICATION p ADD TABLE orders
CREATE TABLE a (LIKE orders INCLUDING ALL, x int GENERATED ALWAYS AS (1) STORED, y int[] DEFAULT '{}', EXCLUDE USING gist (x WITH =))
CREATE TABLE a PARTITION OF orders FOR VALUES IN (1)
CREATE TABLE a (b int) PARTITION BY HASH (b)
CREATE TABLE a OF t
CREATE TABLE a () INHERITS (orders)
CREATE TABLE a AS SELECT * FROM orders
CREATE TEMPORARY TABLE a (b int) ON COMMIT DROP
CREATE UNLOGGED TABLE IF NOT EXISTS a (b int, FOREIGN KEY (b) REFERENCES orders MATCH FULL ON UPDATE CASCADE DEFERRABLE)
CREATE FOREIGN TABLE a (b int) SERVER s
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'db.example.com')
CREATE INDEX i ON orders USING gin (to_tsvector('simple', note)) WHERE note IS NOT NULL
CREATE UNIQUE INDEX ON orders (lower(note) DESC NULLS LAST) INCLUDE (order_id) WITH (fillfactor = 50)
CREATE OR REPLACE VIEW noted AS SELECT 1 AS one
CREATE RECURSIVE VIEW v (n) AS VALUES (1)
CREATE FUNCTION f(a int DEFAULT 1, VARIADIC b text[]) RETURNS TABLE (x int) LANGUAGE sql RETURN 1
CREATE TRIGGER t INSTEAD OF INSERT OR UPDATE OF a ON noted FOR EACH ROW WHEN (true) EXECUTE FUNCTION touch()
CREATE CONSTRAINT TRIGGER t AFTER DELETE ON orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch()
CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION touch()
CREATE CAST (text AS int) WITH INOUT
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq)
CREATE COLLATION c (provider = icu, locale = 'de')
CREATE TEXT SEARCH CONFIGURATION c (copy = simple)
CREATE LANGUAGE plsample
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f(internal))
CREATE ACCESS METHOD m TYPE INDEX HANDLER h
CREATE OPERATOR CLASS o FOR TYPE int USING btree AS OPERATOR 1 <
CREATE PUBLICATION p FOR ALL TABLES
CREATE USER MAPPING FOR CURRENT_USER SERVER s
DROP TABLE IF EXISTS orders, other.b CASCADE
DROP FUNCTION touch, f(int, text)
DROP CAST (text AS int)
DROP OPERATOR === (int, int)
DROP OWNED BY CURRENT_USER
GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC WITH GRANT OPTION
REVOKE a FROM b
COMMENT ON FUNCTION touch() IS 'x'
COMMENT ON CONSTRAINT a ON orders IS NULL
COMMENT ON OPERATOR === (int, int) IS 'x'
SECURITY LABEL ON TABLE orders IS 'x'
INSERT INTO orders SELECT 1 ON CONFLICT (order_id) DO UPDATE SET note = 'x' RETURNING *
UPDATE orders o SET note = 'x' FROM other WHERE o.order_id = other.id
MERGE INTO orders USING other ON true WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)
TRUNCATE orders, other RESTART IDENTITY
COPY orders FROM '/tmp/rows'
CALL p(1)
DO $$ BEGIN NULL; END $$
LOCK TABLE orders
SET search_path = other
RESET ALL
REINDEX TABLE orders
REFRESH MATERIALIZED VIEW m
ANALYZE orders
NOTIFY channel, 'x'
DECLARE c CURSOR FOR SELECT 1
EXPLAIN SELECT 1
VALUES (1), (2)
`
  .trim()
  .split('\n');

test.each(statements)('the review has an answer to any statement: %s', async (sql) => {
  const subject = await subjectOf(sql.replace(/;?$/, ';'), 'SELECT 1;', { catalog: ordersCatalog });

  const reviews = reviewsOf(subject);

  expect(reviews.map(({ boxes }) => boxes.length)).toEqual([8, 6, 6]);
  for (const { answer, reason } of reviews.flatMap(({ boxes }) => boxes)) {
    expect(['proved', 'failed', 'not applicable', 'open']).toContain(answer);
    expect(reason).not.toMatch(/undefined|null\b|\[object/);
  }
  for (const { message, line } of reviews.flatMap(({ findings }) => findings)) {
    expect(message).not.toMatch(/undefined|null\b|\[object|\.\s|\s\.$/);
    expect(line).toBeGreaterThan(0);
  }
  expect(JSON.stringify(privilegeNeeds(subject.migration))).not.toMatch(/undefined|null/);
});
