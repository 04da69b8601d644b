-- Purpose: what an order consists of.

-- One row per article.
CREATE TABLE items (
  item_id    bigint      GENERATED ALWAYS AS IDENTITY,
  price      double precision NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT items_pkey PRIMARY KEY (item_id)
);

-- Every change moves updated_at.
CREATE TRIGGER trg_items_updated_at
  BEFORE UPDATE ON items
  FOR EACH ROW EXECUTE FUNCTION touch();

-- ROLLBACK
--   DROP TABLE items;
