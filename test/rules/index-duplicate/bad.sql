-- Purpose: what an order consists of.

-- One row per article.
CREATE TABLE items (
  item_id    bigint      GENERATED ALWAYS AS IDENTITY,
  order_id   bigint      NOT NULL,
  article    text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (order_id) ON DELETE CASCADE,
  CONSTRAINT items_order_id_article_key UNIQUE (order_id, article),
  CONSTRAINT items_pkey PRIMARY KEY (item_id)
);

-- The items of an order.
CREATE INDEX items_order_id_article_idx ON items (order_id, article);

-- Every change moves updated_at.
CREATE TRIGGER trg_items_updated_at
  BEFORE UPDATE ON items
  FOR EACH ROW EXECUTE FUNCTION touch();

-- ROLLBACK
--   DROP TABLE items;
