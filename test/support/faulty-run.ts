/** A whole run of the real workflow in which functions fail, and what it leaves. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { type RunEnd, startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { loadDefinition, type WorkflowName } from '#statemachine/load-definition';
import { answerMails } from './answer-mails';
import { hurriedClock } from './hurried-clock';
import { withRuntime, withSandbox } from './local-run';
import { branchOf, isBranchGone, reportOf, rollbackOf, statesOf } from './run-outcome';

const target = { branchId: 'target' } as const;

export type Fault = {
  /** The function that fails, each time it is called. */
  readonly in: string;
  /** Only when it is asked for the approval of this stage. */
  readonly stage?: string;
  /** Its work is done, and its answer is lost. */
  readonly isAfterwards?: boolean;
  /** The name of the error that it fails with; `Injected` unless told. */
  readonly error?: string;
};

/** The way of a run that is signed off; of states that run beside each other the name of their group. */
export const wayToSignOff: readonly string[] = [
  'Open run',
  'Review',
  'Approve review',
  'Review approved?',
  'Step 4: Environment check',
  'Create branch',
  'Prepare',
  'Approve apply',
  'Apply approved?',
  'Step 7: Connect',
  'Step 8: Apply migration',
  'Step 9: Verify schema',
  'Validate',
  'Step 14: Update documentation',
  'Step 15: Notify team',
  'Step 16: Monitor',
  'Was it quiet?',
  'Sign off',
];

export const wayTo = (state: string): readonly string[] => wayToSignOff.slice(0, wayToSignOff.indexOf(state) + 1);

const outsideGroups = Object.keys(loadDefinition('migration-checklist')['States'] as object);

/** The functions that the states of a workflow call, sorted. */
export const functionsCalledBy = (workflow: WorkflowName): readonly string[] => {
  const named = JSON.stringify(loadDefinition(workflow)).matchAll(/\$\{(\w+)Arn\}/g);
  return [...new Set([...named].map(([, name]) => String(name)))].sort();
};

/** The fault that this call meets, if one is meant for it. */
export const faultFor = (faults: readonly Fault[], functionName: string, payload: unknown): Fault | undefined => {
  const { stage } = payload as { readonly stage?: string };
  return faults.find((one) => one.in === functionName && (one.stage ?? stage) === stage);
};

export const injected = (functionName: string, { error = 'Injected' }: Fault): Error =>
  Object.assign(new Error(`injected into ${functionName}`), { name: error });

/** True when a run of another name could take the target now. */
export const isTargetFree = ({ ports }: Runtime): Promise<boolean> =>
  ports.database.requireFreeTarget(target, { runId: 'another-run' }).then(
    () => true,
    () => false,
  );

export const schemaOf = async ({ ports }: Runtime): Promise<string> =>
  fingerprintOf(await ports.database.readCatalog(target));

/** What the run has left, asked when it had ended. */
export const leftBy = async (runtime: Runtime, end: RunEnd, project: string) => {
  const [entry] = await runtime.ports.database.readLedger(target);
  const entered = await statesOf(runtime, end);
  return {
    entered,
    /** The states outside of groups, in the order in which they were entered. */
    way: entered.filter((name) => outsideGroups.includes(name)),
    report: await reportOf(runtime, end),
    /** The run of the rollback that it asked for. */
    back: await rollbackOf(runtime, end),
    entry,
    isTargetFree: await isTargetFree(runtime),
    hadBranch: (await branchOf(runtime, end.runId)) !== null,
    isBranchGone: await isBranchGone(runtime, end),
    incidents: await readdir(path.join(project, 'ops/postmortems')).catch(() => []),
  };
};

type Left = Awaited<ReturnType<typeof leftBy>>;
export type FaultyRun = Left & { readonly end: RunEnd; readonly schemaBefore: string; readonly schemaAfter: string };
type Call = { readonly functionName: string; readonly payload: unknown };

/**
 * Every person approves, and is nobody (`--yes`) unless `isAnsweredByPeople`. `calls` are those that met a fault.
 */
export const withFaultyRun = (
  faults: readonly Fault[],
  work: (run: FaultyRun, runtime: Runtime, calls: readonly Call[]) => Promise<void>,
  { isAnsweredByPeople = false }: { readonly isAnsweredByPeople?: boolean } = {},
): Promise<void> =>
  withSandbox((sandbox) => {
    const calls: Call[] = [];
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const fault = faultFor(faults, functionName, payload);
      if (!fault) return call();
      calls.push({ functionName, payload });
      if (fault.isAfterwards) await call();
      throw injected(functionName, fault);
    };
    const circumstances = { intercept, answering: !isAnsweredByPeople, engineClock: hurriedClock() };
    return withRuntime(sandbox, circumstances, async (runtime) => {
      const schemaBefore = await schemaOf(runtime);
      const stopAnswering = isAnsweredByPeople ? answerMails(runtime, () => 'approved') : () => undefined;
      const end = await startRun(runtime, '001_create_jobs.sql').finally(stopAnswering);
      const left = await leftBy(runtime, end, sandbox.project);
      await work({ ...left, end, schemaBefore, schemaAfter: await schemaOf(runtime) }, runtime, calls);
    });
  });
