/** What a whole run has left: its report, its way through the states, the target, and whether its branch is gone. */
import pg from 'pg';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import type { Report } from '#domain/reports/report';
import type { RunEnd } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { rollbackExecutionOf } from '#local/workflows';
import { readEvidence } from './evidence-of-run';

const target = { branchId: 'target' } as const;

/** Runs SQL on the target as its owner. */
export const onTarget = async ({ ports }: Runtime, sql: string) => {
  const { host, port, user, password, database } = await ports.platform.connection(target);
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

export const reportOf = async ({ ports }: Runtime, { runId }: Pick<RunEnd, 'runId'>) =>
  JSON.parse((await ports.store.read(`runs/${runId}/report.json`))?.toString('utf8') ?? 'null') as Report;

export const boxOf = ({ boxes }: Report, wanted: string) => boxes.find(({ id }) => id === wanted);

/** Names of the states that were entered, in order. */
export const statesOf = async ({ engine }: Runtime, { executionArn }: Pick<RunEnd, 'executionArn'>) =>
  (await engine.history(executionArn))
    .filter(({ type }) => type.endsWith('StateEntered'))
    .map(({ details }) => String(details?.['name']));

/** The run of the rollback that a failed run has asked for: its states, in order, and its report; none where it asked for none. */
export const rollbackOf = async (runtime: Runtime, { runId }: Pick<RunEnd, 'runId'>) => {
  const executionArn = rollbackExecutionOf(rollbackRunOf(runId));
  const executions = await runtime.engine.listExecutions();
  if (!executions.some((one) => one.executionArn === executionArn)) return { states: [], report: null };
  return {
    states: await statesOf(runtime, { executionArn }),
    report: (await reportOf(runtime, { runId: rollbackRunOf(runId) })) as Report | null,
  };
};

/** The id of the run's branch; null when none was made. */
export const branchOf = async ({ ports }: Runtime, runId: string): Promise<string | null> => {
  const made = (await readEvidence(ports.store, runId)).find(({ name }) => name === 'create-branch');
  return (made?.facts['branch'] as { branchId: string } | undefined)?.branchId ?? null;
};

/** True when the platform knows no branch of the run any more, or never made one. */
export const isBranchGone = async (runtime: Runtime, { runId }: Pick<RunEnd, 'runId'>): Promise<boolean> => {
  const branchId = await branchOf(runtime, runId);
  if (branchId === null) return true;
  return runtime.ports.platform.connection({ branchId }).then(
    () => false,
    () => true,
  );
};
