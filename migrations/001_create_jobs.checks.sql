-- Tests and queries for 001_create_jobs.sql; the format is in README.md.

-- application: none, no backend uses the jobs table yet

-- test: a second job with the same type and key is refused
INSERT INTO jobs (idempotency_key, job_type, payload) VALUES ('order-17', 'send_receipt', '{"copy": false}');
-- expect: 23505
INSERT INTO jobs (idempotency_key, job_type, payload) VALUES ('order-17', 'send_receipt', '{"copy": true}');

-- test: the same key under another type is another job
INSERT INTO jobs (idempotency_key, job_type) VALUES ('order-17', 'send_receipt');
-- expect: 1 row
INSERT INTO jobs (idempotency_key, job_type) VALUES ('order-17', 'book_courier');

-- test: a job without a key is refused
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type) VALUES (NULL, 'send_receipt');

-- test: an id is given once
INSERT INTO jobs (idempotency_key, job_type) VALUES ('order-17', 'send_receipt') RETURNING job_id;
-- save: job_id

-- expect: 23505
INSERT INTO jobs (job_id, idempotency_key, job_type) VALUES (:'job_id', 'order-18', 'send_receipt');

-- test: no column but the two of the last attempt takes null
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type) VALUES ('order-17', NULL);
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type, payload) VALUES ('order-17', 'send_receipt', NULL);
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type, status) VALUES ('order-17', 'send_receipt', NULL);
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type, attempts) VALUES ('order-17', 'send_receipt', NULL);
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type, next_attempt_at) VALUES ('order-17', 'send_receipt', NULL);
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type, created_at) VALUES ('order-17', 'send_receipt', NULL);
-- expect: 23502
INSERT INTO jobs (idempotency_key, job_type, updated_at) VALUES ('order-17', 'send_receipt', NULL);

-- test: an empty key is refused
-- expect: 23514
INSERT INTO jobs (idempotency_key, job_type) VALUES ('', 'send_receipt');

-- test: a type that is not snake_case is refused
-- expect: 23514
INSERT INTO jobs (idempotency_key, job_type) VALUES ('order-17', 'Send Receipt');

-- test: a status that is not in the list is refused
INSERT INTO jobs (idempotency_key, job_type) VALUES ('order-17', 'send_receipt') RETURNING job_id;
-- save: job_id

-- expect: 23514
UPDATE jobs SET status = 'done' WHERE job_id = :'job_id';

-- test: every status of the list is accepted
-- expect: 6 rows
INSERT INTO jobs (idempotency_key, job_type, status)
SELECT 'order-17-' || status, 'send_receipt', status
FROM unnest(ARRAY['pending', 'processing', 'completed', 'failed', 'retry', 'dlq']) AS status;

-- test: a negative number of attempts is refused
-- expect: 23514
INSERT INTO jobs (idempotency_key, job_type, attempts) VALUES ('order-17', 'send_receipt', -1);

-- test: an update moves updated_at, whatever it says itself
INSERT INTO jobs (idempotency_key, job_type, created_at, updated_at)
VALUES ('order-17', 'send_receipt', '2020-01-01 00:00+00', '2020-01-01 00:00+00')
RETURNING job_id;
-- save: job_id

-- expect: 1 row
UPDATE jobs SET attempts = 1, updated_at = '2020-01-02 00:00+00' WHERE job_id = :'job_id';
-- expect: 1 row
SELECT 1 FROM jobs WHERE job_id = :'job_id' AND updated_at = now() AND created_at < updated_at;

-- query: pending jobs that are due, the oldest first    -- expect: index scan, under 100 ms
SELECT * FROM jobs WHERE status = 'pending' AND next_attempt_at < now() ORDER BY created_at LIMIT 10;

-- query: one job by type and key    -- expect: index scan, under 100 ms
SELECT * FROM jobs WHERE job_type = 'send_receipt' AND idempotency_key = 'order-17';
