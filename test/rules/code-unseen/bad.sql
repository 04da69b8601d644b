-- Purpose: empty notes are no notes.

-- Some were stored as an empty text.
DO $$ BEGIN UPDATE orders SET note = NULL WHERE note = ''; END $$;

-- ROLLBACK
--   UPDATE orders SET note = '' WHERE note IS NULL;
