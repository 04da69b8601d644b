-- Purpose: the core of the market: who may act (users), what was done (audit_event, which nobody can change),
--          what is traded (markets, each approved by a person), what was seen in the world (snapshots, events)
--          and how far each channel has come (channel_counters).

-- People who sign in.
CREATE TABLE users (
  user_id       uuid        NOT NULL DEFAULT gen_random_uuid(),
  email         text        NOT NULL,
  password_hash text        NOT NULL,
  role          text        NOT NULL DEFAULT 'viewer',
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (user_id),
  CONSTRAINT users_email_key UNIQUE (email),
  -- One spelling per address, so that the unique constraint means one account per address.
  CONSTRAINT users_email_check CHECK (email = lower(email) AND email LIKE '_%@_%'),
  CONSTRAINT users_role_check CHECK (role IN ('viewer', 'editor', 'admin', 'super-admin'))
);

COMMENT ON TABLE users IS 'People who sign in, and what they may do';

-- What was done by whom. Rows are written once.
CREATE TABLE audit_event (
  audit_id   uuid        NOT NULL DEFAULT gen_random_uuid(),
  action     text        NOT NULL,
  actor_type text        NOT NULL,
  -- A user's id, an agent's name; no foreign key, because a trace outlives its actor.
  actor_id   text,
  details    jsonb       NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT audit_event_pkey PRIMARY KEY (audit_id),
  CONSTRAINT audit_event_actor_type_check CHECK (actor_type IN ('human', 'agent', 'system'))
);

COMMENT ON TABLE audit_event IS 'Append-only: triggers refuse UPDATE, DELETE and TRUNCATE';

-- "What happened lately", the newest first.
CREATE INDEX audit_event_created_at_idx ON audit_event (created_at);

-- Tradable questions, each of one class and each approved by a person.
CREATE TABLE markets (
  market_id               uuid        NOT NULL DEFAULT gen_random_uuid(),
  symbol                  text        NOT NULL,
  type                    text        NOT NULL,
  title                   text        NOT NULL,
  created_by              uuid        NOT NULL,
  human_approval_audit_id uuid        NOT NULL,
  created_at              timestamptz NOT NULL DEFAULT now(),
  updated_at              timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT markets_pkey PRIMARY KEY (market_id),
  CONSTRAINT markets_symbol_key UNIQUE (symbol),
  CONSTRAINT markets_symbol_check CHECK (symbol ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'),
  CONSTRAINT markets_type_check
    CHECK (type IN ('political', 'economic', 'social', 'technological', 'environmental', 'legal', 'cultural')),
  CONSTRAINT markets_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (user_id) ON DELETE NO ACTION,
  CONSTRAINT markets_human_approval_audit_id_fkey
    FOREIGN KEY (human_approval_audit_id) REFERENCES audit_event (audit_id) ON DELETE NO ACTION
);

COMMENT ON TABLE markets IS 'Tradable questions';
COMMENT ON COLUMN markets.human_approval_audit_id IS 'The audit event of the approval: no market without one';

-- "Markets of this user", and the check when a user is deleted.
CREATE INDEX markets_created_by_idx ON markets (created_by);

-- From an approval to what it approved.
CREATE INDEX markets_human_approval_audit_id_idx ON markets (human_approval_audit_id);

-- What a source said at one moment.
CREATE TABLE snapshots (
  snapshot_id uuid        NOT NULL DEFAULT gen_random_uuid(),
  source      text        NOT NULL,
  content     jsonb       NOT NULL,
  captured_at timestamptz NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT snapshots_pkey PRIMARY KEY (snapshot_id),
  CONSTRAINT snapshots_source_captured_at_key UNIQUE (source, captured_at)
);

COMMENT ON TABLE snapshots IS 'What a source said at one moment';

-- What happened in the world and bears on a market. The first snapshot is a foreign key that must be there: an
-- array of ids could hold ids of nothing. Further snapshots of an event get a table of their own when they come.
CREATE TABLE events (
  event_id    uuid        NOT NULL DEFAULT gen_random_uuid(),
  market_id   uuid        NOT NULL,
  snapshot_id uuid        NOT NULL,
  title       text        NOT NULL,
  occurred_at timestamptz NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT events_pkey PRIMARY KEY (event_id),
  CONSTRAINT events_market_id_fkey FOREIGN KEY (market_id) REFERENCES markets (market_id) ON DELETE NO ACTION,
  CONSTRAINT events_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES snapshots (snapshot_id) ON DELETE NO ACTION
);

COMMENT ON TABLE events IS 'What happened in the world and bears on a market';
COMMENT ON COLUMN events.snapshot_id IS 'The evidence: no event without at least one snapshot';

-- "Events of this market, the newest first".
CREATE INDEX events_market_id_occurred_at_idx ON events (market_id, occurred_at);

-- From a snapshot to its events.
CREATE INDEX events_snapshot_id_idx ON events (snapshot_id);

-- The last sequence number given out per channel.
CREATE TABLE channel_counters (
  channel       text        NOT NULL,
  last_sequence bigint      NOT NULL DEFAULT 0,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT channel_counters_pkey PRIMARY KEY (channel),
  CONSTRAINT channel_counters_last_sequence_check CHECK (last_sequence >= 0)
);

COMMENT ON TABLE channel_counters IS 'The last sequence number given out per channel';

-- Refuses whatever statement it is put before.
CREATE FUNCTION prevent_audit_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_event table is append-only: % is not allowed', TG_OP;
END;
$$;

-- Before the statement, not before each row: it is refused even where no row matches.
CREATE TRIGGER trg_prevent_audit_update
  BEFORE UPDATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION prevent_audit_change();

-- A deleted trace is none.
CREATE TRIGGER trg_prevent_audit_delete
  BEFORE DELETE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION prevent_audit_change();

-- TRUNCATE fires no DELETE trigger.
CREATE TRIGGER trg_prevent_audit_truncate
  BEFORE TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION prevent_audit_change();

-- The function is 001_create_jobs.sql's.
CREATE TRIGGER trg_users_updated_at
  BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- As for users.
CREATE TRIGGER trg_markets_updated_at
  BEFORE UPDATE ON markets
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- As for users.
CREATE TRIGGER trg_snapshots_updated_at
  BEFORE UPDATE ON snapshots
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- As for users.
CREATE TRIGGER trg_events_updated_at
  BEFORE UPDATE ON events
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- As for users.
CREATE TRIGGER trg_channel_counters_updated_at
  BEFORE UPDATE ON channel_counters
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- ROLLBACK
-- To roll back this migration:
--   -- indexes and triggers go with their tables; update_updated_at_column() stays, it is 001's
--   DROP TABLE channel_counters;
--   DROP TABLE events;
--   DROP TABLE snapshots;
--   DROP TABLE markets;
--   DROP TABLE audit_event;
--   DROP TABLE users;
--   DROP FUNCTION prevent_audit_change();
