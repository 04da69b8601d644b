-- Purpose: what customers may pay with.

-- Grows by later migrations.
CREATE TYPE payment_method AS ENUM ('card', 'invoice');

-- ROLLBACK
--   DROP TYPE payment_method CASCADE;
