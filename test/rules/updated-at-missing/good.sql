-- Purpose: what an order consists of.

-- One row per article.
CREATE TABLE items (
  item_id    bigint      GENERATED ALWAYS AS IDENTITY,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT items_pkey PRIMARY KEY (item_id)
);

-- Refuses whatever it is put before.
CREATE FUNCTION refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'items are written once, % is refused', TG_OP;
END;
$$;

-- An item is never changed, so there is no last change to remember.
CREATE TRIGGER trg_items_refuse_update
  BEFORE UPDATE ON items
  FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- ROLLBACK
--   DROP TABLE items;
--   DROP FUNCTION refuse();
