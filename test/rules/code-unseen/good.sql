-- Purpose: empty notes are no notes.

-- Some were stored as an empty text.
UPDATE orders SET note = NULL WHERE note = '';

-- ROLLBACK
--   UPDATE orders SET note = '' WHERE note IS NULL;
