/** Judges a rollback by what differs between the catalog before the migration and the catalog after the rollback. */
import type { BoxAnswer } from '#domain/evidence/document';
import type { ContentsDifference } from '#domain/tables/difference';
import { describeDifference } from './describe-difference';
import type { CatalogDifference } from './difference';
import { explainDifference, type RollbackVerdict } from './grade';

export type RollbackJudgement = {
  readonly verdict: RollbackVerdict;
  /** Readable lines; empty when exact. */
  readonly differences: readonly string[];
  /** What the comparison gave, as a clause that needs nothing around it. */
  readonly compared: string;
  /** Boxes 13.2 and 13.3. */
  readonly boxes: readonly BoxAnswer[];
};

const answers: Readonly<Record<RollbackVerdict, BoxAnswer['answer']>> = {
  exact: 'proved',
  harmless: 'proved',
  'irreversible by design': 'failed',
  differs: 'failed',
};

/** 10: the box is read by a person; all of them stand in its facts. */
const mostTold = 10;

const tellSome = (differences: readonly string[]) =>
  differences.length <= mostTold
    ? differences.join('; ')
    : `${differences.slice(0, mostTold).join('; ')}; and ${differences.length - mostTold} more`;

/** What is still there, because PostgreSQL cannot take it back, cannot be added a second time either. */
export const isRunAgain = (verdict: RollbackVerdict): boolean => verdict === 'exact' || verdict === 'harmless';

/** Step 13 applies the migration once more only when the rollback is in order, and answers the box anew when that fails. */
const judgeOrphans = (
  verdict: RollbackVerdict,
  orphans: readonly string[],
  facts: BoxAnswer['facts'] & {},
): BoxAnswer => {
  if (orphans.length > 0)
    return { box: '13.3', answer: 'failed', reason: `left behind by the rollback: ${orphans.join(', ')}`, facts };
  if (!isRunAgain(verdict))
    return {
      box: '13.3',
      answer: 'open',
      reason: 'the rollback leaves no object behind, but it does not restore the schema, so up again was not run',
      facts,
    };
  return {
    box: '13.3',
    answer: 'proved',
    reason: 'the rollback leaves no object behind; down and up again was run',
    facts,
  };
};

const isExact = 'the catalog after the rollback equals the catalog before the migration, exactly';

const schemaWords = (verdict: RollbackVerdict, differences: readonly string[]) =>
  verdict === 'exact' ? isExact : `${verdict}: ${tellSome(differences)}`;

/** Box 13.2. A schema that is put back without its rows is no change reverted: a person has to know before the apply. */
const judgeReverted = (
  verdict: RollbackVerdict,
  differences: readonly string[],
  rows: ContentsDifference | null,
  facts: BoxAnswer['facts'] & {},
): BoxAnswer => {
  const box = '13.2';
  const schema = schemaWords(verdict, differences);
  if (answers[verdict] !== 'proved' || rows === null) return { box, answer: answers[verdict], reason: schema, facts };
  if (rows.changed.length > 0)
    return { box, answer: 'failed', reason: `${schema}; but not the rows: ${tellSome(rows.changed)}`, facts };
  if (rows.notCompared.length > 0)
    return {
      box,
      answer: 'open',
      reason: `${schema}; rows too many to compare: ${rows.notCompared.join(', ')}`,
      facts,
    };
  return { box, answer: 'proved', reason: `${schema}; the rows of all tables are as before`, facts };
};

/** `rows` is null where they cannot be compared: on the target others write meanwhile. */
export const judgeRollback = (difference: CatalogDifference, rows: ContentsDifference | null): RollbackJudgement => {
  const { verdict, rest } = explainDifference(difference);
  const differences = describeDifference(difference);
  // What the grading excuses, such as a sequence under another name, is no orphan.
  const orphans = rest.added.map(({ kind, identity }) => `${kind} ${identity}`);
  const facts = { verdict, differences, rows };
  return {
    verdict,
    differences,
    compared:
      verdict === 'exact'
        ? isExact
        : `the catalog after the rollback is not the catalog before the migration; ${schemaWords(verdict, differences)}`,
    boxes: [judgeReverted(verdict, differences, rows, facts), judgeOrphans(verdict, orphans, facts)],
  };
};
