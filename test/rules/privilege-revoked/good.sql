-- Purpose: the reader corrects notes.

-- Notes are corrected where they are read.
-- waive: shop_reader, each environment has this role
GRANT UPDATE ON orders TO shop_reader;

-- ROLLBACK
--   REVOKE UPDATE ON orders FROM shop_reader;
