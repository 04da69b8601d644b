-- Purpose: remarks say something.

-- Old ones are checked too.
ALTER TABLE orders ADD CONSTRAINT orders_note_check CHECK (note <> '');

-- ROLLBACK
--   ALTER TABLE orders DROP CONSTRAINT orders_note_check;
