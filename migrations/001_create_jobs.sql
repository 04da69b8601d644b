-- Purpose: a queue of jobs that workers poll. A job is known by its type and the caller's key, so that
--          asking twice makes one job; it is tried again after a failure and given up on in the end.

-- One row per job, whatever became of it.
CREATE TABLE jobs (
  job_id          uuid        NOT NULL DEFAULT gen_random_uuid(),
  idempotency_key text        NOT NULL,
  job_type        text        NOT NULL,
  payload         jsonb       NOT NULL DEFAULT '{}',
  status          text        NOT NULL DEFAULT 'pending',
  attempts        integer     NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT jobs_pkey PRIMARY KEY (job_id),
  CONSTRAINT jobs_job_type_idempotency_key_key UNIQUE (job_type, idempotency_key),
  CONSTRAINT jobs_idempotency_key_check CHECK (length(idempotency_key) BETWEEN 1 AND 200),
  CONSTRAINT jobs_job_type_check CHECK (job_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  CONSTRAINT jobs_status_check
    CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'retry', 'dlq')),
  CONSTRAINT jobs_attempts_check CHECK (attempts >= 0)
);

COMMENT ON TABLE jobs IS 'Jobs for workers; unique by type and idempotency key';
COMMENT ON COLUMN jobs.status IS 'dlq: given up on, kept for a person to look at';
COMMENT ON COLUMN jobs.next_attempt_at IS 'A worker leaves the job alone before this moment';

-- The worker's poll: pending jobs, the oldest first, those not due yet passed over without a look at the table.
CREATE INDEX jobs_pending_idx ON jobs (created_at, next_attempt_at) WHERE status = 'pending';

-- Keeps updated_at true whatever an UPDATE says; later migrations use it for their tables too.
CREATE FUNCTION update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END;
$$;

-- Every change of a job moves its updated_at.
CREATE TRIGGER trg_jobs_updated_at
  BEFORE UPDATE ON jobs
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- ROLLBACK
-- To roll back this migration:
--   -- the index and the trigger go with the table
--   DROP TABLE jobs;
--   DROP FUNCTION update_updated_at_column();
