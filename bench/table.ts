/** The table that the benches make many of: 10 columns, a key and 2 indexes. PL/pgSQL, for a loop over `number`. */
export const createTable = `EXECUTE format('CREATE TABLE bench_%s (id bigint PRIMARY KEY, tenant_id integer NOT NULL,
    status text NOT NULL DEFAULT ''new'', title varchar(200), amount numeric(12,2) DEFAULT 0, payload jsonb,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, is_active boolean DEFAULT true, note text)', number);
  EXECUTE format('CREATE INDEX ON bench_%s (tenant_id, status)', number);
  EXECUTE format('CREATE INDEX ON bench_%s (created_at) WHERE is_active', number);`;
