/** Reads a table's rows as COPY gives them, hashed and counted on the way. */
import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import type { RowsPart } from '#domain/backup/manifest';
import type { Session } from '../session/session';

const lineEnd = 0x0a;

/** In COPY's text format every row ends with a line end, and one inside a value is written as `\n`. */
const countRows = (chunk: Buffer): number => {
  let rows = 0;
  for (let at = chunk.indexOf(lineEnd); at >= 0; at = chunk.indexOf(lineEnd, at + 1)) rows += 1;
  return rows;
};

type Copied = Pick<RowsPart, 'rows' | 'sha256' | 'sizeBytes'>;

/**
 * Yields the bytes; returns after the last of them the count and the hash of each piece. `cuts` are the sizes of all pieces but the
 * last, which has the rest.
 */
export async function* copyRows(
  session: Session,
  read: string,
  cuts: readonly number[] = [],
): AsyncGenerator<Buffer, readonly Copied[]> {
  const pieces: Copied[] = [];
  let hash = createHash('sha256');
  // The server's own count may arrive after the end of the stream, so the stream's rowCount is not reliable.
  let [rows, sizeBytes] = [0, 0];
  const take = (chunk: Buffer) => {
    hash.update(chunk);
    rows += countRows(chunk);
    sizeBytes += chunk.length;
  };
  const endPiece = () => {
    pieces.push({ rows, sizeBytes, sha256: hash.digest('hex') });
    hash = createHash('sha256');
    [rows, sizeBytes] = [0, 0];
  };
  for await (const chunk of session.query(copyTo(read)) as AsyncIterable<Buffer>) {
    let rest = chunk;
    for (let cut = cuts[pieces.length]; cut !== undefined && sizeBytes + rest.length > cut; cut = cuts[pieces.length]) {
      const length = cut - sizeBytes;
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
      endPiece();
    }
    take(rest);
    yield chunk;
  }
  // The last pieces of what was saved may be empty.
  while (pieces.length <= cuts.length) endPiece();
  return pieces;
}
