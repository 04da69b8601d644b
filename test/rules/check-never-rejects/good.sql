-- Purpose: an order has sources.

-- At least one source.
ALTER TABLE orders
  ADD COLUMN sources text[] NOT NULL DEFAULT '{shop}',
  ADD CONSTRAINT orders_sources_check CHECK (cardinality(sources) > 0) NOT VALID;

-- ROLLBACK
--   ALTER TABLE orders DROP CONSTRAINT orders_sources_check;
--   ALTER TABLE orders DROP COLUMN sources;
