-- Purpose: tags for orders.

-- One row per tag.
CREATE TYPE tag_colour AS ENUM ('red', 'green');

-- Which tags an order has.
ALTER TABLE orders ADD COLUMN tag tag_colour;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN tag;
