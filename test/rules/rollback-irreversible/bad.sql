-- Purpose: customers may pay by voucher.

-- Vouchers are sold from spring on.
ALTER TYPE payment_method ADD VALUE 'voucher';

-- ROLLBACK
-- To roll back this migration:
--   -- the value stays: PostgreSQL cannot take it out
--   SELECT 1;
