-- Purpose: where receipts are sent from.

-- Who gets the failed ones: a role that the configuration resolves.
INSERT INTO settings (name, value) VALUES ('failures_to', 'bookkeeping');

-- ROLLBACK
--   DELETE FROM settings WHERE name = 'failures_to';
