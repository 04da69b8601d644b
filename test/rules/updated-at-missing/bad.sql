-- Purpose: what an order consists of.

-- One row per article.
CREATE TABLE items (
  item_id    bigint      GENERATED ALWAYS AS IDENTITY,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT items_pkey PRIMARY KEY (item_id)
);

-- ROLLBACK
--   DROP TABLE items;
