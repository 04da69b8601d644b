/** Reads a table's rows as COPY gives them, hashed and counted on the way. */
import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import type { TableCopy } from '#domain/backup/backup';
import type { Session } from '../session/session';
import type { SavedTable } from './saved-tables';

const lineEnd = 0x0a;

/** In COPY's text format every row ends with a line end, and one inside a value is written as `\n`. */
const countRows = (chunk: Buffer): number => {
  let rows = 0;
  for (let at = chunk.indexOf(lineEnd); at >= 0; at = chunk.indexOf(lineEnd, at + 1)) rows += 1;
  return rows;
};

/** Yields the bytes; returns the count and the hash after the last of them. */
export async function* copyRows(session: Session, { name, read }: SavedTable): AsyncGenerator<Buffer, TableCopy> {
  const hash = createHash('sha256');
  // The server's own count may arrive after the end of the stream, so the stream's rowCount is not reliable.
  let rows = 0;
  for await (const chunk of session.query(copyTo(read)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    rows += countRows(chunk);
    yield chunk;
  }
  return { table: name, rows, sha256: hash.digest('hex') };
}
