-- Purpose: find orders by note.

-- The support desk searches by note.
CREATE INDEX orders_note_idx ON orders (note);

-- ROLLBACK
--   DROP INDEX orders_note_idx;
