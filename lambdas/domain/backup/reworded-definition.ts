/** Recognises a definition that means the same and is only spelled differently after a dump was restored. */

type Value = string | number | boolean | null | undefined;

const name = '(?:"(?:[^"]|"")+"|[A-Za-z_]\\w*)';

const typeName = `${name}(?:\\.${name})*(?: (?:varying|precision|with time zone|without time zone))*`;

/**
 * PostgreSQL's own text of a definition, read in again, may come out in other words: `status IN ('a', 'b')` over a varchar
 * is written with one cast around the array, and after a restore with one cast around each element; a column of a
 * SQL function's body gets a name. Casts, such names, parentheses and spaces are therefore left out of the comparison.
 */
const reworded: readonly RegExp[] = [
  new RegExp(`::${typeName}(?:\\(\\d+(?:,\\d+)?\\))?(?:\\[\\])*`, 'g'),
  new RegExp(`\\sAS ${name}`, 'g'),
  /[()\s]+/g,
];

const bare = (text: string) => reworded.reduce((rest, words) => rest.replace(words, ''), text);

/** True also for equal values. */
export const isReworded = (saved: Value, restored: Value): boolean =>
  saved === restored || (typeof saved === 'string' && typeof restored === 'string' && bare(saved) === bare(restored));
