/**
 * Step 8, and the states that follow when the apply fails: establishing its outcome, rolling back, verifying the rollback. Each of
 * them answers box 8.2 again.
 */
import { type LeftOut, withoutLeftOut } from '#domain/backup/left-out';
import type { Catalog } from '#domain/catalog/catalog';
import { comparisonInWords, gradeWayBack, type WayBack } from '#domain/catalog/way-back';
import type { StatementRun } from '#domain/dry-run/measured';
import type { LedgerEntry } from '#domain/ledger/ledger';
import { committedInWords, type PartialApply, progressInWords } from '#domain/ledger/progress';
import { toolRowInWords } from '#domain/ledger/tool-row';
import { type EndedSession, endedInWords } from '#domain/locks/in-the-way';
import { type LockAttempt, lockAttemptsInWords } from '#domain/locks/lock-attempts';
import {
  type Artifact,
  type Derivations,
  derivationOf,
  failed,
  type Judgement,
  type Judges,
  judgeOf,
  proved,
  type ReadFacts,
  type Room,
} from './room';
import { takenBackInWords } from './taken-back';

export type ApplyFacts = {
  readonly approvedBy: string;
  /** Each unit as `unitInWords` says it; one for an ordinary migration. */
  readonly units: readonly string[];
  readonly applied: { readonly entry: LedgerEntry; readonly statements: readonly StatementRun[] };
  /** Attempts that did not get their locks, those of earlier calls too; missing where there was none. */
  readonly lockAttempts?: readonly LockAttempt[];
  /** Attempts that something passing has ended; missing where there was none. */
  readonly interruptions?: readonly Interrupted[];
};

type Interrupted = { readonly error: string; readonly message: string; readonly outcome: string };

const interruptedInWords = (interruptions: readonly Interrupted[]) =>
  `it was interrupted before (${interruptions.map(({ error, outcome }) => `${error}, ${outcome}`).join('; ')}) and made again`;

/** How it came to be applied, where it did not go straight. */
const detours = (lockAttempts: readonly LockAttempt[], interruptions: readonly Interrupted[]): readonly string[] => [
  ...[lockAttemptsInWords(lockAttempts)].filter((clause) => clause !== null),
  ...(interruptions.length > 0 ? [interruptedInWords(interruptions)] : []),
];

const ranWithoutError = ({ migration, sha256 }: LedgerEntry): Judgement =>
  proved(`${migration} ran without an error`, { sha256 });

/** The row was committed in the migration's own transaction, so it proves the migration. */
const committed = (entry: LedgerEntry, units: number): Judgement =>
  proved(
    `committed ${units === 1 ? '' : `in ${units} units, the last one `}on ${entry.appliedAt} together with ledger row ${entry.version} of run ${entry.runId}${entry.toolRow ? ` and ${toolRowInWords(entry.toolRow)}, as the tool itself would have written it` : ''}`,
    { entry },
  );

const timeRecorded = ({ durationMs }: LedgerEntry): Judgement =>
  proved(`${durationMs} ms, in the ledger`, { durationMs });

const continued = (judgement: Judgement, clause: string): Judgement => ({
  ...judgement,
  reason: `${judgement.reason}; ${clause}`,
});

const judgeApply = judgeOf<ApplyFacts>();

export const applyMigration: Room<8, ApplyFacts> = {
  '8.1': judgeApply(['applied'], ({ applied }) => ranWithoutError(applied.entry)),
  '8.2': judgeApply(
    ['applied', 'units'],
    ({ applied, units, lockAttempts = [], interruptions = [] }) =>
      detours(lockAttempts, interruptions).reduce(continued, committed(applied.entry, units.length)),
    ['lockAttempts', 'interruptions'],
  ),
  '8.3': judgeApply(['applied'], ({ applied }) => timeRecorded(applied.entry)),
};

export type EstablishOutcomeFacts = {
  readonly failure: unknown;
  /** The ledger row of this run, and the units that are committed without one; both null when nothing was committed. */
  readonly entry: LedgerEntry | null;
  readonly progress: PartialApply | null;
  readonly interruptions?: readonly Interrupted[];
};

const judgeOutcome = judgeOf<EstablishOutcomeFacts>();

export const establishOutcome: Judges<EstablishOutcomeFacts> = {
  '8.1': judgeOutcome(['entry'], ({ entry }) => entry && ranWithoutError(entry)),
  '8.2': judgeOutcome(['entry', 'progress', 'failure'], ({ entry, progress, failure }) => {
    if (entry) return committed(entry, 1);
    return progress
      ? failed(`${progressInWords(progress)}; the ledger has no row of this run`, { failure, progress })
      : proved('rolled back: the ledger has no row of this run, and no transaction of it is open', { failure });
  }),
  '8.3': judgeOutcome(['entry'], ({ entry }) => entry && timeRecorded(entry)),
};

export type RollBackFacts = {
  /** The answer to box 8.2 so far; the new answer continues it. */
  readonly answerBefore: Judgement;
  /** How far the apply had come when it failed; null unless only some of it was committed. */
  readonly progress: PartialApply | null;
  readonly approvedBy: string;
  readonly outcome: { readonly statements: readonly StatementRun[]; readonly rolledBackAt: string };
  readonly lockAttempts?: readonly LockAttempt[];
  /** Sessions that people have allowed to be ended, and what became of them; missing where there was none. */
  readonly ended?: readonly EndedSession[];
};

export const outcomeNotFoundOut: Judgement = failed('nobody knows whether the migration was committed');

/** The judgement in the past tense: what was committed may be undone by now. */
const inPastTense = (judgement: Judgement, progress: PartialApply | null): Judgement =>
  progress === null
    ? judgement
    : { ...judgement, reason: `${committedInWords(progress)}; the ledger has no row of this run` };

export const rollBack: Judges<RollBackFacts> = {
  '8.2': judgeOf<RollBackFacts>()(
    ['answerBefore', 'progress'],
    ({ answerBefore, progress, approvedBy, outcome, ended = [] }) => {
      const said = inPastTense(answerBefore, progress);
      const before =
        ended.length === 0
          ? said
          : continued(said, `before its rollback, as approved: ${ended.map(endedInWords).join('; ')}`);
      if (outcome && approvedBy !== undefined)
        return continued(
          before,
          `it was rolled back ${takenBackInWords({ at: outcome.rolledBackAt, by: approvedBy })}`,
        );
      const unfinished =
        'its rollback began and did not finish: migration_checklist.ledger and migration_checklist.restart_point show what is left';
      return { ...continued(before, unfinished), answer: 'failed' };
    },
    ['approvedBy', 'outcome', 'ended'],
  ),
};

export type VerifyRollbackFacts = {
  readonly answerBefore: Judgement;
  /**
   * What the ledger says of a rollback whose answer did not come; missing where it came. Null for `rolledBackAt` where it was not made, or not of
   * all versions: then the state fails, and no schema is compared.
   */
  readonly established?: { readonly rolledBackAt: string | null; readonly approvedBy: string };
  readonly catalogBefore: Artifact<Catalog>;
  readonly catalogAfterRollback: Artifact<Catalog>;
  /** What the branch, whose catalog is the one before, went without; missing in documents of version 0.2.0 and before. */
  readonly leftOut?: readonly LeftOut[];
  /** As the comparison gave it, for whoever reads the document without the catalogs. */
  readonly verdict: string;
  readonly differences: readonly string[];
  readonly compared: string;
};

type Compared = Pick<ReadFacts<VerifyRollbackFacts>, 'catalogBefore' | 'catalogAfterRollback' | 'leftOut'>;

/** The schema after the rollback, held against the one before the migration. */
export const wayBackOfTarget = ({ catalogBefore, catalogAfterRollback, leftOut = [] }: Compared): WayBack =>
  gradeWayBack(catalogBefore, withoutLeftOut(catalogAfterRollback, leftOut));

const fromWayBack = (derive: (way: WayBack) => unknown) =>
  derivationOf<VerifyRollbackFacts>()(['catalogBefore', 'catalogAfterRollback', 'leftOut'], (facts) =>
    derive(wayBackOfTarget(facts)),
  );

export const derivedOfVerifyRollback: Derivations<VerifyRollbackFacts> = {
  verdict: fromWayBack(({ verdict }) => verdict),
  differences: fromWayBack(({ differences }) => differences),
  compared: fromWayBack(comparisonInWords),
};

export const verifyRollback: Judges<VerifyRollbackFacts> = {
  '8.2': judgeOf<VerifyRollbackFacts>()(
    ['answerBefore', 'catalogBefore', 'catalogAfterRollback'],
    ({ answerBefore, established, ...compared }) =>
      continued(
        established?.rolledBackAt ? continued(answerBefore, establishedInWords(established)) : answerBefore,
        comparisonInWords(wayBackOfTarget(compared)),
      ),
    ['leftOut', 'established'],
  ),
};

const establishedInWords = ({ rolledBackAt, approvedBy }: NonNullable<VerifyRollbackFacts['established']>): string =>
  `the answer of its rollback did not come, and the ledger says that it was rolled back ${takenBackInWords({ at: rolledBackAt ?? '', by: approvedBy })}`;
