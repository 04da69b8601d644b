-- Purpose: where receipts are sent from.

-- Who gets the failed ones.
INSERT INTO settings (name, value) VALUES ('failures_to', 'kim@example.com');

-- ROLLBACK
--   DELETE FROM settings WHERE name = 'failures_to';
