/** Which tables are read into which file of a backup: small ones together, large ones in pieces. */

export type TableSize = {
  /** `schema.table`, quoted where PostgreSQL needs it. */
  readonly name: string;
  /** With what lies outside of its pages. */
  readonly bytes: number;
  /** Pages of the table itself. */
  readonly pages: number;
  /** False where its rows are not read in the order of its pages. */
  readonly maySplit: boolean;
};

/** Pages from `fromPage`, and before `toPage`; null = from the first, or to the last. */
export type Piece = { readonly name: string; readonly fromPage: number | null; readonly toPage: number | null };

export type PlannedFile = {
  /** `rows/0001`, without what says how it is compressed. */
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly bytes: number;
};

const megabyte = 1024 * 1024;

/** 64 MB take a second or two to read: no session is busy for long when the others have nothing left to do. */
export const usualPieceBytes = 64 * megabyte;

/** A file costs a request to the store and a wait for the disk, which for a thousand small tables is most of a backup. */
const smallBytes = megabyte;
const smallFileBytes = 8 * megabyte;

const whole = (name: string): Piece => ({ name, fromPage: null, toPage: null });

const split = ({ name, bytes, pages }: TableSize, pieceBytes: number): readonly Piece[] => {
  const pieces = Math.min(Math.ceil(bytes / pieceBytes), pages);
  const pagesEach = Math.ceil(pages / pieces);
  const starts = Array.from({ length: Math.ceil(pages / pagesEach) }, (_, index) => index * pagesEach);
  // Without an end the last one has what was added since the pages were counted, as far as the snapshot sees it.
  return starts.map((start, index) => ({
    name,
    fromPage: index === 0 ? null : start,
    toPage: index === starts.length - 1 ? null : start + pagesEach,
  }));
};

const inPieces = (
  table: TableSize,
  pieceBytes: number,
): readonly { readonly pieces: readonly Piece[]; readonly bytes: number }[] => {
  const pieces = table.maySplit && table.bytes > 1.5 * pieceBytes ? split(table, pieceBytes) : [whole(table.name)];
  return pieces.map((piece) => ({ pieces: [piece], bytes: table.bytes / pieces.length }));
};

/** Files in the tables' order; numbered from 1. */
export const planRows = (
  tables: readonly TableSize[],
  pieceBytes: number = usualPieceBytes,
): readonly PlannedFile[] => {
  const files: { pieces: readonly Piece[]; bytes: number }[] = [];
  let together: { pieces: Piece[]; bytes: number } | null = null;
  for (const table of tables) {
    if (table.bytes >= smallBytes) {
      files.push(...inPieces(table, pieceBytes));
      continue;
    }
    if (together === null || together.bytes >= smallFileBytes) {
      together = { pieces: [], bytes: 0 };
      files.push(together);
    }
    together.pieces.push(whole(table.name));
    together.bytes += table.bytes;
  }
  return files.map((file, index) => ({ name: `rows/${String(index + 1).padStart(4, '0')}`, ...file }));
};
