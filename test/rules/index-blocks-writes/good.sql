-- Purpose: find orders by note.

-- The support desk keeps its search words here; the table is new, so its index is built in no time.
CREATE TABLE search_words (
  word       text        NOT NULL,
  order_id   bigint      NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT search_words_pkey PRIMARY KEY (word, order_id)
);

-- The words of an order.
CREATE INDEX search_words_order_id_idx ON search_words (order_id);

-- Every change moves updated_at.
CREATE TRIGGER trg_search_words_updated_at
  BEFORE UPDATE ON search_words
  FOR EACH ROW EXECUTE FUNCTION touch();

-- ROLLBACK
--   DROP TABLE search_words;
