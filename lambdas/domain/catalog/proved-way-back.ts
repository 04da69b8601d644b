/** SQL that leads to an earlier schema, written from the two catalogs and run on a branch, in words. */
import { count } from '#domain/count';
import { sha256Of } from '#domain/sha256';
import type { TableContents } from '#domain/tables/contents';
import { type DataLoss, dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import type { RollbackVerdict } from './grade';

/** What a branch said of it. */
export type ProvedWayBack = {
  /** In order, without semicolons; empty where there is nothing to run. */
  readonly sql: readonly string[];
  readonly verdict: RollbackVerdict | 'fails';
  /** Why it does not lead back, one sentence each. */
  readonly reasons: readonly string[];
  /** Behind it; null where it did not run. */
  readonly contents: readonly TableContents[] | null;
};

/** Of a rollback that is not known to lead back. */
export type WrittenWayBack = {
  /** What the SQL is to be run on: the target as it stands, or as the rollback leaves it. */
  readonly on: 'what stands' | 'what the rollback leaves';
  /** As a file; null where none was found that leads back, and then `why` says it. */
  readonly sql: string | null;
  readonly statements: number;
  /** Of `sql`, in UTF-8. */
  readonly sha256: string | null;
  readonly why: string | null;
  /** Which rows and values of now are gone behind it. */
  readonly dataLoss: DataLoss | null;
};

/** Only what left the schema of before, exactly or but for what is harmless, is offered. */
export const writtenWayBack = (
  on: WrittenWayBack['on'],
  { sql, verdict, reasons, contents }: ProvedWayBack,
  before: readonly TableContents[],
): WrittenWayBack => {
  const isBack = (verdict === 'exact' || verdict === 'harmless') && sql.length > 0 && contents !== null;
  if (!isBack)
    return {
      ...{ on, sql: null, statements: 0, sha256: null, dataLoss: null },
      why: reasons.join('; ') || 'nothing was found that leads back',
    };
  const text = sql.map((statement) => `${statement};\n`).join('');
  return {
    ...{ on, sql: text, statements: sql.length, sha256: sha256Of(text), why: null },
    dataLoss: dataLossBetween(before, contents),
  };
};

/** As a clause, without the SQL itself; null where there is none. */
export const writtenInWords = ({ on, sql, statements, sha256, dataLoss }: WrittenWayBack): string | null =>
  sql === null || dataLoss === null
    ? null
    : `put into a new migration the SQL that was written from the schema of before and of now, ${count(statements, 'statement')} with sha256 ${sha256}: on the branch, ${on === 'what stands' ? 'as it stands now' : 'behind this rollback'}, it gave the schema of before, and took away what others have made since; data of now: ${lossInWords(dataLoss)}`;

/** Characters: more is no sentence any more. */
const longestInSentence = 500;

/** The SQL on one line, as far as that is the same SQL; else where it stands. */
export const sqlInSentence = (sql: string): string =>
  sql.length > longestInSentence || /--|\/\*|\$\w*\$|'[^']*\n/.test(sql)
    ? 'the SQL stands in rehearse-rollback.json of its run'
    : sql.trim().replaceAll(/\s*\n\s*/g, ' ');
