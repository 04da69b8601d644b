-- Purpose: every order has a channel.

-- Web shop, telephone, letter; who does not say comes from the web shop.
ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web shop';

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN channel;
