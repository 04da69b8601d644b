-- Purpose: notes say something.

-- Empty notes confuse the support desk.
ALTER TABLE orders ADD CONSTRAINT orders_note_check CHECK (note <> '') NOT VALID;

-- ROLLBACK
--   ALTER TABLE orders DROP CONSTRAINT orders_note_check;
