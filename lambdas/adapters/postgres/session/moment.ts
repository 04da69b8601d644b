/** SQL that gives a timestamptz column as ISO 8601 in UTC, whatever DateStyle and TimeZone the session has. */
export const iso = (column: string): string =>
  `pg_catalog.to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
