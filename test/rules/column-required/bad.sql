-- Purpose: every order has a channel.

-- Web shop, telephone, letter.
ALTER TABLE orders ADD COLUMN channel text NOT NULL;

-- ROLLBACK
--   ALTER TABLE orders DROP COLUMN channel;
