/** Reads a plain dump from a stream, part by part: memory holds one statement or one chunk of rows, never a table. */
import { createStatementSplitter, type DumpText } from '#domain/backup/split-statements';

/** `rows` are the bytes between a COPY statement and its `\.`; read them to the end before asking for the next part. */
export type DumpPart = DumpText | { readonly kind: 'copy'; readonly sql: string; readonly rows: AsyncIterable<Buffer> };

/** A dump that cannot be restored; the message says what is wrong, and where. */
export class DumpUnusable extends Error {
  override readonly name = 'DumpUnusable';
}

const endOfRows = '\\.\n';

/** Takes bytes from the front of a stream, by line or up to the end of a COPY block. */
const createCursor = (source: AsyncIterable<Buffer>) => {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const take = (length: number) => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  const more = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (done) return false;
    rest = rest.length ? Buffer.concat([rest, value]) : value;
    return true;
  };

  /** With its line end; null at the end of the stream. */
  const readLine = async (): Promise<string | null> => {
    let searched = 0;
    for (;;) {
      const at = rest.indexOf('\n', searched);
      if (at >= 0) return take(at + 1).toString('utf8');
      searched = rest.length;
      if (!(await more())) return rest.length ? take(rest.length).toString('utf8') : null;
    }
  };

  async function* readRows(copy: string): AsyncGenerator<Buffer> {
    const moreRows = async () => {
      if (!(await more())) throw new DumpUnusable(`the dump ends within the rows of "${copy}"`);
    };
    while (rest.length < endOfRows.length) await moreRows();
    if (rest.toString('latin1', 0, endOfRows.length) === endOfRows) return void take(endOfRows.length);
    for (;;) {
      const at = rest.indexOf(`\n${endOfRows}`);
      if (at >= 0) {
        yield take(at + 1);
        take(endOfRows.length);
        return;
      }
      // The last bytes may be the beginning of the end.
      const sure = rest.length - endOfRows.length;
      if (sure > 0) yield take(sure);
      await moreRows();
    }
  }
  return { readLine, readRows };
};

const isCopyFromStdin = (part: DumpText): part is DumpText & { kind: 'statement' } =>
  part.kind === 'statement' && /^COPY\s.*\sFROM\s+stdin\s*;$/is.test(part.sql);

/** Errors: DumpUnusable when the dump ends within a statement or within rows. */
export async function* readDump(source: AsyncIterable<Buffer>): AsyncGenerator<DumpPart> {
  const cursor = createCursor(source);
  const splitter = createStatementSplitter();
  for (let line = await cursor.readLine(); line !== null; line = await cursor.readLine()) {
    for (const part of splitter.addLine(line)) {
      if (!isCopyFromStdin(part)) yield part;
      else yield { kind: 'copy', sql: part.sql, rows: cursor.readRows(part.sql) };
    }
  }
  if (splitter.unfinished())
    throw new DumpUnusable(`the dump ends within the statement "${splitter.unfinished().slice(0, 80)}"`);
}
