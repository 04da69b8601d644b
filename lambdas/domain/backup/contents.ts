/** The table of contents that a dump carries at its end, in comments: what was saved, so that a restore can be compared. */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import type { TableCopy } from './backup';

export type SequenceValue = {
  /** `schema.sequence`, quoted where PostgreSQL needs it. */
  readonly sequence: string;
  /** In decimal digits: it may be larger than a number can hold. */
  readonly lastValue: string;
  readonly isCalled: boolean;
};

/** What is in a database, as far as a backup saves it. */
export type Contents = {
  readonly tables: readonly TableCopy[];
  readonly sequences: readonly SequenceValue[];
  readonly catalog: Catalog;
};

const mark = '-- contents: ';

/** The last line; without it the table of contents is not complete. */
const endOf = ({ tables, sequences, catalog }: Contents) => ({
  end: { tables: tables.length, sequences: sequences.length, objects: catalog.objects.length },
});

/** True for a comment that is a line of the table of contents. */
export const isContentsLine = (comment: string): boolean => comment.startsWith(mark);

/** Yields comment lines, one JSON value each: JSON escapes line ends, so no name can break out of its comment. */
export function* contentsLines(contents: Contents): Generator<string> {
  const objects = contents.catalog.objects.map((object) => ({ object }));
  for (const entry of [...contents.tables, ...contents.sequences, ...objects, endOf(contents)])
    yield `${mark}${JSON.stringify(entry)}\n`;
}

/** Reads the lines back; null when they are not a whole table of contents. */
export const parseContents = (lines: readonly string[]): Contents | null => {
  const entries: object[] = lines.map((line) => JSON.parse(line.slice(mark.length)));
  const contents = {
    tables: entries.filter((entry): entry is TableCopy => 'table' in entry),
    sequences: entries.filter((entry): entry is SequenceValue => 'sequence' in entry),
    catalog: { objects: entries.flatMap((entry) => ('object' in entry ? (entry.object as CatalogObject) : [])) },
  };
  return JSON.stringify(entries.at(-1)) === JSON.stringify(endOf(contents)) ? contents : null;
};
