/** A run as rows: each of its states with its progress and its evidence. */
import type { ApprovalRequest } from '#domain/approvals/request';
import { type Stage, stageQuestions, stages } from '#domain/approvals/stages';
import type { StoredEvidence } from '#domain/evidence/chain';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { describeWatch, emptySummary, type Watch, type WatchSummary } from '#domain/monitoring/watch';
import type { ResentLink } from '#domain/reports/resent-links';
import type { WrongCode } from '#domain/reports/wrong-codes';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readClosedList } from '#lambdas/record/closed-list';
import { readJson } from '#lambdas/record/json';
import { approvalKeys, watchKeys } from '#lambdas/record/keys';
import { readResentLinks, readWrongCodes } from '#lambdas/record/link-files';
import { expectedOf, isWorthARow } from './flow';
import { handedOn } from './handed-on';
import type { HistoryEvent } from './site';
import { progressOf, type StateProgress } from './state-progress';

export type RunRow = {
  readonly name: string;
  /** Null while the state has not been entered. */
  readonly progress: StateProgress | null;
  /** Null while there is none. */
  readonly evidence: StoredEvidence | null;
  /** The approvers, and until when they can answer; null for states that ask nobody. */
  readonly asked: { readonly approvers: readonly string[]; readonly expiresAt: string } | null;
  /** Those of this question, the oldest first. */
  readonly wrongCodes: readonly WrongCode[];
  readonly resentLinks: readonly ResentLink[];
  /** The samples of the open monitoring window so far; null for all other states. */
  readonly watched: string | null;
  /** The run that the state has started; null for those that start none. */
  readonly startedRun: string | null;
};

const readAsked = async (store: ArtifactStore, runId: string, stage: Stage): Promise<RunRow['asked']> => {
  const bytes = await store.read(approvalKeys.request(runId, stage));
  if (!bytes) return null;
  const { approvers, expiresAt } = JSON.parse(bytes.toString('utf8')) as Pick<ApprovalRequest, 'expiresAt'> & {
    readonly approvers: readonly (string | { readonly address: string })[];
  };
  // Requests of version 0.3.0 and before held more than the address.
  return { approvers: approvers.map((one) => (typeof one === 'string' ? one : one.address)), expiresAt };
};

const readWatched = async (store: ArtifactStore, runId: string): Promise<string | null> => {
  const { watch, summary } = watchKeys(runId);
  const opened = await readJson<Watch>(store, watch);
  return opened && describeWatch(opened, (await readJson<WatchSummary>(store, summary)) ?? emptySummary);
};

/** The stages that a state asks about, the last one first. */
const stagesOfState = (state: string): readonly Stage[] =>
  stages.filter((stage) => stageQuestions[stage].title === state).reverse();

const readLastAsked = async (store: ArtifactStore, runId: string, state: string): Promise<RunRow['asked']> => {
  for (const stage of stagesOfState(state)) {
    const asked = await readAsked(store, runId, stage);
    if (asked) return asked;
  }
  return null;
};

/** The states of a successful run, then the others that this run entered; `strange` is what lies among its evidence and is not of it. */
export const rowsOf = async (
  store: ArtifactStore,
  runId: string,
  history: readonly HistoryEvent[],
): Promise<{ readonly rows: readonly RunRow[]; readonly strange: readonly string[] }> => {
  const entered = new Map(progressOf(history).map((progress) => [progress.name, progress]));
  const { evidence, strange } = await readClosedList(store, { runId, name: null, previous: handedOn(history) });
  const expected = expectedOf([...entered.keys()]);
  const names = [...expected, ...[...entered.keys()].filter((name) => !expected.includes(name) && isWorthARow(name))];
  const wrongCodes = await readWrongCodes(store, runId);
  const resentLinks = await readResentLinks(store, runId);
  const rows = await Promise.all(
    names.map(async (name) => {
      return {
        name,
        progress: entered.get(name) ?? null,
        evidence: evidence.findLast(({ document }) => document.title === name) ?? null,
        asked: await readLastAsked(store, runId, name),
        wrongCodes: wrongCodes.filter(({ stage }) => stagesOfState(name).includes(stage)),
        resentLinks: resentLinks.filter(({ stage }) => stagesOfState(name).includes(stage)),
        watched: name === 'Step 16: Monitor' ? await readWatched(store, runId) : null,
        startedRun: name === 'Ask for the rollback' ? rollbackRunOf(runId) : null,
      };
    }),
  );
  return { rows, strange };
};
