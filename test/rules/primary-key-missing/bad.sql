-- Purpose: visits are counted.

-- An UPDATE would forge a visit.
CREATE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a visit is not changed';
END $$;

-- A visit of a page.
CREATE TABLE visits (
  visit_id   bigint      GENERATED ALWAYS AS IDENTITY,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Append-only.
CREATE TRIGGER visits_refuse_update BEFORE UPDATE ON visits FOR EACH ROW EXECUTE FUNCTION refuse_update();

-- ROLLBACK
--   DROP TABLE visits;
--   DROP FUNCTION refuse_update();
