/** A change of a schema that can be undone, and the same undone with one thing left out. */
export type ObjectChange = {
  readonly name: string;
  /** What must be there first, on top of `startingSchema`. */
  readonly setup?: string;
  readonly up: string;
  /** Takes `up` back to the last detail. */
  readonly down: string;
  /** `down` with one thing left out. */
  readonly forgotten: string;
  /** The object that was forgotten, as PostgreSQL writes its name. */
  readonly object: string;
  /** True where a person has to write the SQL that restores it; false when left out. */
  readonly isRestoredByHand?: boolean;
};

export const startingSchema = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text);
  CREATE TABLE jobs (
    id bigint PRIMARY KEY, user_id bigint, status text NOT NULL DEFAULT 'new', note varchar(20),
    tries integer, created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX jobs_status_idx ON jobs (status);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE ROLE catalog_reader;
  CREATE ROLE catalog_writer`;
