/** Step 13: down and up again on the branch that the dry run left, and back from each restart point of several units. */
import type { Catalog } from '#domain/catalog/catalog';
import { notComparedInWords } from '#domain/catalog/compared';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import type { RollbackVerdict } from '#domain/catalog/grade';
import { canRunAgain, firstEntries, gradeWayBack, wayBackInWords } from '#domain/catalog/way-back';
import { count } from '#domain/count';
import type { StatementRun } from '#domain/dry-run/measured';
import { branchServerDifference, sharedServerInWords } from '#domain/environment/branch-server';
import type { ServerState } from '#domain/environment/server-state';
import type { EvidenceDocument } from '#domain/evidence/document';
import type { Migration } from '#domain/migration/migration';
import { splitIntoUnits } from '#domain/migration/units';
import type { TableContents } from '#domain/tables/contents';
import { type DataLoss, dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import { type ContentsDifference, contentsDifference } from '#domain/tables/difference';
import type { OutsideBetween, OutsideTables } from '#domain/tables/outside-tables';
import { sequencesDifference } from '#domain/tables/sequences';
import type { BoxId } from '#lambdas/checklist';
import { type NotRehearsed, onTheBranch } from './not-rehearsed';
import { leadsBack, type RestartPoint, type RestartVerdict, restartVerdict } from './restart-points';
import {
  type Artifact,
  type Derivations,
  derivationOf,
  failed,
  insteadBy,
  type Judge,
  type Judgement,
  judgeOf,
  open,
  proved,
  type Room,
} from './room';

export type TestRollbackFacts = {
  /** Of the rollback, as they ran. */
  readonly statements: readonly StatementRun[];
  /** Missing in documents of version 0.7.0 and before. */
  readonly migration?: Artifact<Migration>;
  /** How many units the migration has. */
  readonly units: number;
  readonly catalogBefore: Artifact<Catalog>;
  readonly catalogAfterUp: Artifact<Catalog>;
  readonly catalogAfterDown: Artifact<Catalog>;
  /** Null when the way back is not good enough for going up again. */
  readonly catalogAfterUpAgain: Artifact<Catalog> | null;
  /** What the tables held; documents of version 0.7.0 and before have only what follows from it. */
  readonly contentsBefore?: Artifact<readonly TableContents[]>;
  readonly contentsAfterUp?: Artifact<readonly TableContents[]>;
  readonly contentsAfterDown?: Artifact<readonly TableContents[]>;
  readonly outsideAfterUp?: Artifact<OutsideTables>;
  readonly outsideBefore: Artifact<OutsideTables>;
  readonly outsideAfterDown: Artifact<OutsideTables>;
  readonly serverBefore: Artifact<ServerState>;
  readonly serverAfterDown: Artifact<ServerState>;
  /** True where the branch is a database beside the target on the same server. */
  readonly isServerShared: boolean;
  /** Of those that were there before, between before up and after down. */
  readonly rows: ContentsDifference;
  /** What the rollback removes of the rows and values that were there after up. */
  readonly dataLoss: DataLoss;
  /** What was seen at each restart point that was rehearsed; missing in documents of version 0.7.0 and before. */
  readonly restartPoints?: readonly RestartPoint[];
  /** One per restart point. */
  readonly restarts: readonly RestartVerdict[];
  /** Only where nothing was run. */
  readonly notRehearsed?: NotRehearsed;
  /** Only where the migration has no way back: what a person does about it, in words. */
  readonly noWayBack?: string;
  /** What of the server, as far as it concerns this run, differs from what Step 4 saw; where the target shares it. */
  readonly serverChanged?: readonly string[];
};

const judge = judgeOf<TestRollbackFacts>();
const derivation = derivationOf<TestRollbackFacts>();

export const derivedOfTestRollback: Derivations<TestRollbackFacts> = {
  units: derivation(['migration'], ({ migration }) => splitIntoUnits(migration.statements).length),
  rows: derivation(
    ['contentsBefore', 'contentsAfterDown', 'outsideBefore', 'outsideAfterDown'],
    ({ contentsBefore, contentsAfterDown, outsideBefore, outsideAfterDown }) =>
      contentsDifference(contentsBefore, contentsAfterDown, { before: outsideBefore, after: outsideAfterDown }),
  ),
  dataLoss: derivation(
    ['contentsAfterUp', 'contentsAfterDown', 'outsideAfterUp', 'outsideAfterDown'],
    ({ contentsAfterUp, contentsAfterDown, outsideAfterUp, outsideAfterDown }) =>
      dataLossBetween(contentsAfterUp, contentsAfterDown, { before: outsideAfterUp, after: outsideAfterDown }),
  ),
  restarts: derivation(
    ['restartPoints', 'catalogBefore', 'contentsBefore', 'outsideBefore'],
    ({ restartPoints, ...before }) => restartPoints.map((point) => restartVerdict(point, before)),
  ),
};

const answers: Readonly<Record<RollbackVerdict, 'proved' | 'failed'>> = {
  exact: 'proved',
  harmless: 'proved',
  'irreversible by design': 'failed',
  differs: 'failed',
};

/** What was looked at beside catalog and rows; null in documents of before. */
type Beside = {
  readonly outside: OutsideBetween | null;
  readonly server: readonly [before: ServerState, after: ServerState, isShared: boolean] | null;
};

const judgeBeside = (judgement: Judgement, { outside, server }: Beside): Judgement => {
  if (!outside) return judgement;
  const unread = sequencesDifference(outside).notCompared;
  const reason = [
    judgement.reason,
    ...(server?.[2] ? [sharedServerInWords] : []),
    ...(unread.length > 0 ? [`the role may not read these sequences: ${unread.join(', ')}`] : []),
    notComparedInWords,
  ].join('; ');
  const isOpen = judgement.answer === 'proved' && unread.length > 0;
  return { ...judgement, reason, ...(isOpen && { answer: 'open' }) };
};

/** A schema that comes back without its rows, or beside other settings, is not reverted: a person has to know before the apply. */
const judgeReverted = (before: Catalog, after: Catalog, rows: ContentsDifference, beside: Beside): Judgement => {
  const { outside } = beside;
  const way = gradeWayBack(before, after, outside);
  const server = beside.server ? branchServerDifference(...beside.server) : [];
  const verdict = server.length > 0 ? 'differs' : way.verdict;
  const facts = { verdict, differences: [...way.differences, ...server], restoringSql: way.restoringSql, rows };
  const schema = [
    wayBackInWords(way),
    ...(server.length > 0 ? [`differs outside of the schema: ${firstEntries(server)}`] : []),
  ].join('; ');
  if (answers[verdict] === 'failed') return failed(schema, facts);
  if (rows.changed.length > 0) return failed(`${schema}; but rows changed: ${firstEntries(rows.changed)}`, facts);
  if (rows.notCompared.length > 0)
    return open(`${schema}; these tables are too large to compare: ${rows.notCompared.join(', ')}`, facts);
  const same = outside ? 'the rows of all tables and the large objects' : 'the rows of all tables';
  return proved(`${schema}; ${same} are the same as before`, facts);
};

/** Adds how the rollback works after only some of the units were applied: where there is no way back, a person has to know. */
const withRestarts = (judgement: Judgement, restarts: readonly RestartVerdict[], units: number): Judgement => {
  if (units === 1) return judgement;
  const facts = { ...judgement.facts, fromRestartPoints: restarts };
  const wrong = restarts.find((restart) => !leadsBack(restart));
  if (wrong)
    return failed(
      `${judgement.reason}; but when only ${wrong.unit} of ${units} units are applied, the rollback ${wrong.verdict === 'fails' ? 'fails' : `leaves differences (${wrong.verdict})`}: ${wrong.told.slice(0, 5).join('; ')}`,
      facts,
    );
  const uncompared = [...new Set(restarts.flatMap(({ rows }) => rows?.notCompared ?? []))];
  const clause =
    restarts.length < units - 1
      ? `the rollback was not rehearsed for the case that only some of the ${units} units are applied`
      : `the same holds from every restart point (${units - 1})`;
  const reason = [
    judgement.reason,
    clause,
    ...(uncompared.length > 0 ? [`tables too large to compare there: ${uncompared.join(', ')}`] : []),
  ].join('; ');
  const isOpen = judgement.answer === 'proved' && (restarts.length < units - 1 || uncompared.length > 0);
  return { ...judgement, facts, reason, ...(isOpen && { answer: 'open' }) };
};

/** How the schema after up, down and up differs from the schema after the first up. */
export const differencesUpAgain = (afterUp: Catalog, afterUpAgain: Catalog): readonly string[] =>
  describeDifference(differenceOf(afterUp, afterUpAgain));

const judgeOrphans = (
  { verdict, orphans }: ReturnType<typeof gradeWayBack>,
  afterUp: Catalog,
  afterUpAgain: Catalog | null,
): Judgement => {
  if (orphans.length > 0) return failed(`the rollback left behind ${orphans.join(', ')}`);
  if (!canRunAgain(verdict) || afterUpAgain === null)
    return open(
      'the rollback left no object behind, but it did not restore the schema, so the migration was not applied again',
    );
  const again = differencesUpAgain(afterUp, afterUpAgain);
  return again.length > 0
    ? failed(`the schema differs when the migration is applied again: ${again.join('; ')}`)
    : proved('the rollback left no object behind, and the migration was applied again after it', {
        verdict,
        orphans,
        differencesUpAgain: again,
      });
};

const withoutWayBack = (remedy: string): Judgement =>
  failed(`the migration has no way back, so none was tested: ${remedy}`, { noWayBack: remedy });

const ifBack = (box: Judge<TestRollbackFacts>) =>
  insteadBy<TestRollbackFacts, 'noWayBack'>('noWayBack', (remedy) => withoutWayBack(String(remedy)), box);

const boxes: Room<13, TestRollbackFacts> = {
  '13.1': judge(['statements', 'dataLoss'], ({ statements, dataLoss }) =>
    proved(
      `${count(statements.length, 'statement')} of the rollback ran on the branch without an error; data: ${lossInWords(dataLoss)}`,
      { statements },
    ),
  ),
  '13.2': judge(
    ['catalogBefore', 'catalogAfterDown', 'rows', 'units'],
    ({ catalogBefore, catalogAfterDown, rows, units, restarts, ...more }) => {
      const { outsideBefore, outsideAfterDown, serverBefore, serverAfterDown, isServerShared } = more;
      const beside: Beside = {
        outside: outsideBefore && outsideAfterDown ? { before: outsideBefore, after: outsideAfterDown } : null,
        server: serverBefore && serverAfterDown ? [serverBefore, serverAfterDown, isServerShared ?? true] : null,
      };
      const reverted = judgeReverted(catalogBefore, catalogAfterDown, rows, beside);
      return judgeBeside(withRestarts(reverted, restarts ?? [], units), beside);
    },
    ['restarts', 'outsideBefore', 'outsideAfterDown', 'serverBefore', 'serverAfterDown', 'isServerShared'],
  ),
  '13.3': judge(
    ['catalogBefore', 'catalogAfterDown', 'catalogAfterUp', 'catalogAfterUpAgain'],
    ({ catalogBefore, catalogAfterDown, catalogAfterUp, catalogAfterUpAgain }) =>
      judgeOrphans(gradeWayBack(catalogBefore, catalogAfterDown), catalogAfterUp, catalogAfterUpAgain),
  ),
};

export const testRollback = onTheBranch<TestRollbackFacts, Room<13, TestRollbackFacts>>({
  '13.1': ifBack(boxes['13.1']),
  '13.2': ifBack(boxes['13.2']),
  '13.3': ifBack(boxes['13.3']),
});

/** The box that says whether the rollback was tested and how well. */
export const revertedBox: BoxId = '13.2';

/** What the last test of the rollback said of reverting every change; null when there was none. */
export const revertedIn = (
  documents: readonly EvidenceDocument[],
): (Judgement & { readonly differences: readonly string[] }) | null => {
  const answer = documents.flatMap(({ boxes }) => boxes).findLast(({ box }) => box === revertedBox);
  return answer ? { ...answer, differences: (answer.facts?.['differences'] ?? []) as readonly string[] } : null;
};
