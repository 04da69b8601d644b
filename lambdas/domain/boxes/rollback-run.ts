/**
 * The first two states of a rollback that was asked for: what stands, and what the rollback does to the data of now. They answer the
 * boxes of the steps that once answered them for the apply.
 */
import { type LeftOut, withoutLeftOut } from '#domain/backup/left-out';
import type { Catalog } from '#domain/catalog/catalog';
import { comparable } from '#domain/catalog/earlier-form';
import type { WrittenWayBack } from '#domain/catalog/proved-way-back';
import { firstEntries, gradeWayBack, type WayBack, wayBackInWords } from '#domain/catalog/way-back';
import { count } from '#domain/count';
import type { ComparedStatement } from '#domain/dry-run/compare-prediction';
import type { StatementRun } from '#domain/dry-run/measured';
import type { ServerState } from '#domain/environment/server-state';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { type PartialApply, progressInWords } from '#domain/ledger/progress';
import type { MigrationReach } from '#domain/review/migration-reach';
import type { BranchServer } from '#domain/sql/reach-table';
import type { TableContents } from '#domain/tables/contents';
import { type DataLoss, dataLossBetween, lossInWords } from '#domain/tables/data-loss';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { AroundRollback } from './around-rollback';
import { type NoBranch, type NotRehearsed, onTheBranch } from './not-rehearsed';
import { type Artifact, type Derivations, derivationOf, failed, type Judges, judgeOf, open, proved } from './room';

export type OpenRollbackFacts = {
  readonly run: unknown;
  readonly execution: string;
  /** The ledger's rows of what is taken back, in that order: the last one is the one that was asked for. */
  readonly entries: readonly LedgerEntry[];
  /** Only of a migration of which some units stand: the ledger has no row of it then. */
  readonly progress?: PartialApply;
  /** Missing in documents before it was looked for. */
  readonly around?: AroundRollback;
  /** Only after an alarm or a failure: what became of the first message; missing in documents of version 0.9.0 and before. */
  readonly notice?: unknown;
};

const appliedInWords = ({ migration, appliedAt, version, runId }: LedgerEntry): string =>
  `${migration} was applied on ${appliedAt}, ledger row ${version} of run ${runId}`;

export const openRollback: Judges<OpenRollbackFacts> = {
  '8.2': judgeOf<OpenRollbackFacts>()(
    ['entries'],
    ({ entries, progress }) =>
      progress
        ? failed(`${progressInWords(progress)}; the ledger has no row of run ${progress.runId}`, { progress })
        : proved(entries.toReversed().map(appliedInWords).join('; '), { entries }),
    ['progress'],
  ),
};

/** What the rehearsal of the run that applied it had said, as far as it left any. */
export type RehearsedThen = {
  readonly runId: string;
  /** The answer to the box of the rollback's test; null where the run had none. */
  readonly reverted: { readonly answer: string; readonly reason: string } | null;
  readonly dataLoss: DataLoss | null;
  /** What was saved before the apply; null where nothing was, missing in documents before it was looked for. */
  readonly saved?: SavedThen | null;
};

/** The other way back: all that was written since is lost with it. */
export type SavedThen = {
  /** ISO 8601. */
  readonly at: string;
  /** What a person types; null where no dump was made. */
  readonly command: string | null;
  /** Of the platform, as long as it keeps it; null where it made none. */
  readonly restorePoint: { readonly name: string; readonly branchId: string; readonly expiresAt: string } | null;
};

export type RehearseRollbackFacts = {
  readonly branch: {
    readonly branchId: string;
    readonly name: string;
    readonly server?: BranchServer;
    readonly leftOut?: readonly LeftOut[];
  };
  /** The schema from before the migration, as it was recorded then; null where nothing was. */
  readonly catalogRecorded: Artifact<Catalog> | null;
  readonly catalogBefore: Artifact<Catalog>;
  readonly catalogAfterDown: Artifact<Catalog>;
  /** Of all versions, in the order in which they were taken back. */
  readonly statements: readonly StatementRun[];
  /** The same with their locks and what they make wait, by the target's traffic. */
  readonly assessed: readonly ComparedStatement[];
  readonly limitMs: number;
  /** What the tables of now held; documents of version 0.7.0 and before have only what follows from it. */
  readonly contentsBefore?: Artifact<readonly TableContents[]>;
  readonly contentsAfterDown?: Artifact<readonly TableContents[]>;
  readonly outsideBefore?: Artifact<OutsideTables>;
  readonly outsideAfterDown?: Artifact<OutsideTables>;
  /** Which rows and values of now are gone after it. */
  readonly dataLoss: DataLoss;
  readonly atApply: RehearsedThen;
  /** What the ways back reach beyond the database; missing in documents before it was looked for. */
  readonly reach?: readonly MigrationReach[];
  /** Only where the rollback fails on the branch or does not lead back; missing in documents of version 0.9.0 and before. */
  readonly written?: WrittenWayBack;
  /** Only where nothing was run: it would have reached beyond the branch. */
  readonly notRehearsed?: NotRehearsed;
  /** Only where the platform made no branch: then nothing was run, and more people are asked. */
  readonly noBranch?: NoBranch;
  readonly serverBefore?: Artifact<ServerState>;
  /** What of the server, as far as it concerns this run, differs from before the rehearsal; where the target shares it. */
  readonly serverChanged?: readonly string[];
};

/** The schema that the rollback left on the branch of now, against the one from before the migration. */
export const gradeRollbackOfNow = (recorded: Catalog, after: Catalog, leftOut: readonly LeftOut[]): WayBack => {
  const both = comparable(recorded, after);
  return gradeWayBack(withoutLeftOut(both.recorded, leftOut), both.now);
};

const judge = judgeOf<RehearseRollbackFacts>();

export const derivedOfRehearseRollback: Derivations<RehearseRollbackFacts> = {
  dataLoss: derivationOf<RehearseRollbackFacts>()(
    ['contentsBefore', 'contentsAfterDown', 'outsideBefore', 'outsideAfterDown'],
    ({ contentsBefore, contentsAfterDown, outsideBefore, outsideAfterDown }) =>
      dataLossBetween(contentsBefore, contentsAfterDown, { before: outsideBefore, after: outsideAfterDown }),
  ),
};

const boxes = {
  '13.1': judge(['statements', 'dataLoss'], ({ statements, dataLoss }) =>
    proved(
      `${count(statements.length, 'statement')} of the rollback ran on a branch of now without an error; data of now: ${lossInWords(dataLoss)}`,
      { statements },
    ),
  ),
  '13.2': judge(['catalogRecorded', 'catalogAfterDown', 'branch'], ({ catalogRecorded, catalogAfterDown, branch }) => {
    if (!catalogRecorded)
      return open(
        'no run has recorded the schema from before the migration, so what the rollback leaves was not compared',
      );
    const way = gradeRollbackOfNow(catalogRecorded, catalogAfterDown, branch.leftOut ?? []);
    const { verdict, differences, restoringSql } = way;
    const facts = { verdict, differences, restoringSql };
    const reason = `on the data of now: ${wayBackInWords(way)}`;
    return verdict === 'exact' || verdict === 'harmless' ? proved(reason, facts) : failed(reason, facts);
  }),
  '13.3': judge(['catalogRecorded', 'catalogAfterDown', 'branch'], ({ catalogRecorded, catalogAfterDown, branch }) => {
    if (!catalogRecorded) return open('what the rollback leaves behind was not compared with anything');
    const { orphans } = gradeRollbackOfNow(catalogRecorded, catalogAfterDown, branch.leftOut ?? []);
    return orphans.length > 0
      ? failed(`the rollback left behind ${firstEntries(orphans)}`)
      : proved('the rollback left no object behind on the branch of now', { orphans });
  }),
};

export const rehearseRollback: Judges<RehearseRollbackFacts> = onTheBranch<RehearseRollbackFacts, typeof boxes>(
  boxes,
  [],
  'was seen before the rehearsal',
);
