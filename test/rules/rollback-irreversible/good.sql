-- Purpose: customers may pay by voucher.

-- A table of methods grows and shrinks by rows.
INSERT INTO payment_methods (name) VALUES ('voucher');

-- ROLLBACK
--   DELETE FROM payment_methods WHERE name = 'voucher';
