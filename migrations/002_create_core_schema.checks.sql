-- Tests and queries for 002_create_core_schema.sql; the format is in README.md.

-- application: none, no backend uses the core schema yet

-- test: a market approved by a person is accepted, one without approval is refused
INSERT INTO users (email, password_hash, role) VALUES ('ada@example.com', 'not a hash', 'admin') RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type, actor_id) VALUES ('market_creation', 'human', :'user_id')
RETURNING audit_id;
-- save: audit_id as approval

-- expect: 1 row
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'political', 'Will the bill pass?', :'user_id', :'approval');
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT-2', 'economic', 'Will rates fall?', :'user_id', NULL);

-- test: an approval that is not in the audit trail is refused
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

-- expect: 23503
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'legal', 'Will the court agree?', :'user_id', gen_random_uuid());

-- test: a market of nobody is refused
INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

-- expect: 23503
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'legal', 'Will the court agree?', gen_random_uuid(), :'audit_id');

-- test: each symbol is given once
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', 'Will they meet?', :'user_id', :'audit_id');
-- expect: 23505
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'cultural', 'Will it win?', :'user_id', :'audit_id');

-- test: all seven classes of markets are accepted, an eighth is refused
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

-- expect: 7 rows
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
SELECT upper(class), class, 'One of each', :'user_id', :'audit_id'
FROM unnest(ARRAY['political', 'economic', 'social', 'technological', 'environmental', 'legal', 'cultural']) AS class;
-- expect: 23514
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'sports', 'Will they win?', :'user_id', :'audit_id');

-- test: a user who made a market cannot be deleted
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', 'Will they meet?', :'user_id', :'audit_id');
-- expect: 23503
DELETE FROM users WHERE user_id = :'user_id';

-- test: an audit event cannot be updated
INSERT INTO audit_event (action, actor_type) VALUES ('test_action', 'human') RETURNING audit_id;
-- save: audit_id

-- expect: P0001
UPDATE audit_event SET action = 'modified' WHERE audit_id = :'audit_id';

-- test: an audit event cannot be deleted
INSERT INTO audit_event (action, actor_type) VALUES ('test_action', 'human') RETURNING audit_id;
-- save: audit_id

-- expect: P0001
DELETE FROM audit_event WHERE audit_id = :'audit_id';

-- test: the audit trail cannot be emptied
-- expect: P0001
TRUNCATE audit_event CASCADE;

-- test: an actor is a human, an agent or the system
-- expect: 3 rows
INSERT INTO audit_event (action, actor_type) VALUES ('seen', 'human'), ('seen', 'agent'), ('seen', 'system');
-- expect: 23514
INSERT INTO audit_event (action, actor_type) VALUES ('seen', 'robot');

-- test: each mail address has one account
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash');
-- expect: 23505
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'another');

-- test: a mail address with capitals is refused, so that nobody has two accounts
-- expect: 23514
INSERT INTO users (email, password_hash) VALUES ('Ada@example.com', 'not a hash');

-- test: the four roles are accepted, another is refused
-- expect: 4 rows
INSERT INTO users (email, password_hash, role)
SELECT role || '@example.com', 'not a hash', role
FROM unnest(ARRAY['viewer', 'editor', 'admin', 'super-admin']) AS role;
-- expect: 23514
INSERT INTO users (email, password_hash, role) VALUES ('ada@example.com', 'not a hash', 'owner');

-- test: an event needs a snapshot that exists
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', 'Will they meet?', :'user_id', :'audit_id') RETURNING market_id;
-- save: market_id

INSERT INTO snapshots (source, content, captured_at) VALUES ('gazette', '{"headline": "They met"}', now())
RETURNING snapshot_id;
-- save: snapshot_id

-- expect: 1 row
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (:'market_id', :'snapshot_id', 'They met', now());
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (:'market_id', NULL, 'They met', now());
-- expect: 23503
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (:'market_id', gen_random_uuid(), 'They met', now());

-- test: a source is captured once at a time
INSERT INTO snapshots (source, content, captured_at) VALUES ('gazette', '{}', '2020-01-01 00:00+00');
-- expect: 23505
INSERT INTO snapshots (source, content, captured_at) VALUES ('gazette', '{}', '2020-01-01 00:00+00');

-- test: a channel has one counter, which never falls below zero
INSERT INTO channel_counters (channel) VALUES ('news');
-- expect: 23505
INSERT INTO channel_counters (channel) VALUES ('news');
-- expect: 23514
UPDATE channel_counters SET last_sequence = -1 WHERE channel = 'news';

-- test: a user has every column
-- expect: 23502
INSERT INTO users (email, password_hash)
VALUES (NULL, 'not a hash');
-- expect: 23502
INSERT INTO users (email, password_hash)
VALUES ('ada@example.com', NULL);
-- expect: 23502
INSERT INTO users (email, password_hash, role)
VALUES ('ada@example.com', 'not a hash', NULL);
-- expect: 23502
INSERT INTO users (email, password_hash, created_at)
VALUES ('ada@example.com', 'not a hash', NULL);
-- expect: 23502
INSERT INTO users (email, password_hash, updated_at)
VALUES ('ada@example.com', 'not a hash', NULL);

-- test: an audit event has every column but the actor's id
-- expect: 23502
INSERT INTO audit_event (action, actor_type)
VALUES (NULL, 'human');
-- expect: 23502
INSERT INTO audit_event (action, actor_type)
VALUES ('seen', NULL);
-- expect: 23502
INSERT INTO audit_event (action, actor_type, details)
VALUES ('seen', 'human', NULL);
-- expect: 23502
INSERT INTO audit_event (action, actor_type, created_at)
VALUES ('seen', 'human', NULL);

-- test: a snapshot has every column
-- expect: 23502
INSERT INTO snapshots (source, content, captured_at)
VALUES (NULL, '{}', now());
-- expect: 23502
INSERT INTO snapshots (source, content, captured_at)
VALUES ('gazette', NULL, now());
-- expect: 23502
INSERT INTO snapshots (source, content, captured_at)
VALUES ('gazette', '{}', NULL);
-- expect: 23502
INSERT INTO snapshots (source, content, captured_at, created_at)
VALUES ('gazette', '{}', now(), NULL);
-- expect: 23502
INSERT INTO snapshots (source, content, captured_at, updated_at)
VALUES ('gazette', '{}', now(), NULL);

-- test: a channel's counter has every column
-- expect: 23502
INSERT INTO channel_counters (channel, last_sequence)
VALUES ('news', NULL);
-- expect: 23502
INSERT INTO channel_counters (channel, created_at)
VALUES ('news', NULL);
-- expect: 23502
INSERT INTO channel_counters (channel, updated_at)
VALUES ('news', NULL);

-- test: a market has every column
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES (NULL, 'social', 'Will they meet?', gen_random_uuid(), gen_random_uuid());
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', NULL, 'Will they meet?', gen_random_uuid(), gen_random_uuid());
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', NULL, gen_random_uuid(), gen_random_uuid());
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', 'Will they meet?', NULL, gen_random_uuid());
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', 'Will they meet?', gen_random_uuid(), NULL);
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id, created_at)
VALUES ('TEST-MKT', 'social', 'Will they meet?', gen_random_uuid(), gen_random_uuid(), NULL);
-- expect: 23502
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id, updated_at)
VALUES ('TEST-MKT', 'social', 'Will they meet?', gen_random_uuid(), gen_random_uuid(), NULL);

-- test: an event has every column, and a market that exists
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (NULL, gen_random_uuid(), 'They met', now());
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (gen_random_uuid(), NULL, 'They met', now());
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (gen_random_uuid(), gen_random_uuid(), NULL, now());
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'They met', NULL);
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at, created_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'They met', now(), NULL);
-- expect: 23502
INSERT INTO events (market_id, snapshot_id, title, occurred_at, updated_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'They met', now(), NULL);
INSERT INTO snapshots (source, content, captured_at) VALUES ('gazette', '{}', now()) RETURNING snapshot_id;
-- save: snapshot_id

-- expect: 23503
INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (gen_random_uuid(), :'snapshot_id', 'They met', now());

-- test: every id is given once
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

-- expect: 23505
INSERT INTO users (user_id, email, password_hash) VALUES (:'user_id', 'bob@example.com', 'not a hash');

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

-- expect: 23505
INSERT INTO audit_event (audit_id, action, actor_type) VALUES (:'audit_id', 'market_creation', 'human');

INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('TEST-MKT', 'social', 'Will they meet?', :'user_id', :'audit_id') RETURNING market_id;
-- save: market_id

-- expect: 23505
INSERT INTO markets (market_id, symbol, type, title, created_by, human_approval_audit_id)
VALUES (:'market_id', 'TEST-MKT-2', 'social', 'Will they part?', :'user_id', :'audit_id');

INSERT INTO snapshots (source, content, captured_at) VALUES ('gazette', '{}', now()) RETURNING snapshot_id;
-- save: snapshot_id

-- expect: 23505
INSERT INTO snapshots (snapshot_id, source, content, captured_at) VALUES (:'snapshot_id', 'herald', '{}', now());

INSERT INTO events (market_id, snapshot_id, title, occurred_at)
VALUES (:'market_id', :'snapshot_id', 'They met', now()) RETURNING event_id;
-- save: event_id

-- expect: 23505
INSERT INTO events (event_id, market_id, snapshot_id, title, occurred_at)
VALUES (:'event_id', :'market_id', :'snapshot_id', 'They parted', now());

-- test: a symbol in small letters is refused
INSERT INTO users (email, password_hash) VALUES ('ada@example.com', 'not a hash') RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

-- expect: 23514
INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id)
VALUES ('test-mkt', 'social', 'Will they meet?', :'user_id', :'audit_id');

-- test: an update moves updated_at in every table that has it
INSERT INTO users (email, password_hash, updated_at) VALUES ('ada@example.com', 'x', '2020-01-01 00:00+00')
RETURNING user_id;
-- save: user_id

INSERT INTO audit_event (action, actor_type) VALUES ('market_creation', 'human') RETURNING audit_id;
-- save: audit_id

INSERT INTO markets (symbol, type, title, created_by, human_approval_audit_id, updated_at)
VALUES ('TEST-MKT', 'social', 'Will they meet?', :'user_id', :'audit_id', '2020-01-01 00:00+00')
RETURNING market_id;
-- save: market_id

INSERT INTO snapshots (source, content, captured_at, updated_at) VALUES ('gazette', '{}', now(), '2020-01-01 00:00+00')
RETURNING snapshot_id;
-- save: snapshot_id

INSERT INTO events (market_id, snapshot_id, title, occurred_at, updated_at)
VALUES (:'market_id', :'snapshot_id', 'They met', now(), '2020-01-01 00:00+00');
INSERT INTO channel_counters (channel, updated_at) VALUES ('news', '2020-01-01 00:00+00');

-- expect: 1 row
UPDATE users SET role = 'editor' WHERE user_id = :'user_id' AND updated_at < now();
-- expect: 1 row
UPDATE markets SET title = 'Did they meet?' WHERE market_id = :'market_id' AND updated_at < now();
-- expect: 1 row
UPDATE snapshots SET content = '{"read": true}' WHERE snapshot_id = :'snapshot_id' AND updated_at < now();
-- expect: 1 row
UPDATE events SET title = 'They did meet' WHERE snapshot_id = :'snapshot_id' AND updated_at < now();
-- expect: 1 row
UPDATE channel_counters SET last_sequence = 1 WHERE channel = 'news' AND updated_at < now();
-- expect: 5 rows
SELECT updated_at FROM users WHERE user_id = :'user_id' AND updated_at = now()
UNION ALL SELECT updated_at FROM markets WHERE market_id = :'market_id' AND updated_at = now()
UNION ALL SELECT updated_at FROM snapshots WHERE snapshot_id = :'snapshot_id' AND updated_at = now()
UNION ALL SELECT updated_at FROM events WHERE snapshot_id = :'snapshot_id' AND updated_at = now()
UNION ALL SELECT updated_at FROM channel_counters WHERE channel = 'news' AND updated_at = now();

-- query: markets with their creator's address    -- expect: index scan, under 100 ms
SELECT m.*, u.email FROM markets m JOIN users u ON m.created_by = u.user_id WHERE u.email = 'ada@example.com' LIMIT 10;

-- query: the latest events of a market    -- expect: index scan, under 100 ms
SELECT * FROM events WHERE market_id = '00000000-0000-0000-0000-000000000000' ORDER BY occurred_at DESC LIMIT 10;

-- query: the audit trail, the newest first    -- expect: index scan, under 100 ms
SELECT * FROM audit_event ORDER BY created_at DESC LIMIT 10;
