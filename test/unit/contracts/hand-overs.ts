/**
 * What each state of the workflow takes, keeps and gives, written by hand. The fields of a payload are those of the type that its
 * function reads: one too few or too many does not compile.
 */
import type { Stage } from '#domain/approvals/stages';
import type {
  ApplyMigrationInput,
  ApprovedInput,
  BranchInput,
  CloseRunInput,
  ConnectAgainInput,
  EstablishOutcomeInput,
  MonitorInput,
  OpenRunInput,
  RehearsalInput,
  RequestApprovalInput,
  StepInput,
  TestRollbackInput,
} from '#statemachine/contract';
import type {
  EstablishRollbackInput,
  FindBlockersInput,
  ReportIncidentInput,
  RollBackInput,
  RollbackInput,
} from '#statemachine/rollback-contract';
import { jsonata, rollbackName } from './states';

type Fields<Input> = Readonly<Record<keyof Input, unknown>>;

export const step: Fields<StepInput> = { run: jsonata('$run'), previous: jsonata('$previous') };
export const onBranch: Fields<BranchInput> = { ...step, branch: jsonata('$branch') };
const rehearsed: Fields<RehearsalInput> = { ...step, rehearsal: jsonata('$rehearsal') };
const failure = jsonata('$failure');
const taskToken = jsonata('$states.context.Task.Token');
/** The approval that the function must verify before it changes the target. */
const withApproval: Fields<ApprovedInput> = {
  ...step,
  approval: jsonata('$decision.evidence'),
  attempt: jsonata('$states.context.State.RetryCount'),
};
const interruptions = jsonata('$interruptions');
const round = jsonata('$round');
const apply: Fields<ApplyMigrationInput> = { ...withApproval, interruptions, round };
const connectAgain: Fields<ConnectAgainInput> = { ...step, approval: jsonata('$again.evidence'), round };

export const request = (stage: Stage): Fields<Omit<RequestApprovalInput, 'failure'>> => ({ ...step, stage, taskToken });

export const open: Fields<OpenRunInput> = {
  input: jsonata('$states.input'),
  execution: {
    id: jsonata('$states.context.Execution.Id'),
    name: jsonata('$states.context.Execution.Name'),
    startedAt: jsonata('$states.context.Execution.StartTime'),
  },
};
// Before Step 13 has come to its end, what Step 6 left is known only inside their branch of the workflow.
const testRollback: Fields<TestRollbackInput> = {
  ...onBranch,
  previous: jsonata('[$dryRun.evidence]'),
  rehearsal: jsonata('$dryRun'),
};
const establish: Fields<EstablishOutcomeInput> = { ...step, failure, interruptions };
const monitor: Fields<MonitorInput> = { ...step, baseline: jsonata('$baseline'), taskToken };
const requestAgain: Fields<RequestApprovalInput> = {
  ...step,
  stage: jsonata("'again-' & $string($round)"),
  failure,
  taskToken,
};
/** Only what a person would give, and what the failed run knows. */
const rollbackInput: Fields<Pick<RollbackInput, 'migration' | 'failedRun'>> = {
  migration: jsonata('$run.runId'),
  failedRun: { run: jsonata('$run'), failure },
};
const askRollback = {
  StateMachineArn: `\${RollbackWorkflowArn}`,
  Name: rollbackName,
  Input: {
    ...rollbackInput,
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: jsonata('$states.context.Execution.Id'),
  },
};
const establishRollback: Fields<EstablishRollbackInput> = { ...step, rollbackRun: jsonata('$rollbackRun') };
export const incident: Fields<ReportIncidentInput> = { ...step, failure, rollback: jsonata('$rollback') };

/** A run may be closed before there is one. */
const ifAny = (name: string) => jsonata(`$exists($${name}) ? $${name} : null`);

export const close: Fields<CloseRunInput> = {
  ...step,
  branch: ifAny('branch'),
  decision: ifAny('decision'),
  failure: ifAny('failure'),
  rollback: ifAny('rollback'),
};

export const payload = jsonata('$states.result.Payload');
const kept = { previous: jsonata('[$states.result.Payload.evidence]') };
const keptOfAnswer = { previous: jsonata('[$states.result.evidence]') };
const keptOfGroup = { previous: jsonata('$states.result.evidence') };
const decided = { ...keptOfAnswer, decision: jsonata('$states.result') };

/** What travels through a state; nothing of a kind where it is left out. */
export type HandOver = { readonly takes?: object; readonly keeps?: object; readonly gives?: unknown };

/** A state of the line: variables carry everything on, so it gives nothing. */
export const inLine = (takes: object, more: object = {}): HandOver => ({
  takes,
  keeps: { ...kept, ...more },
  gives: {},
});
/** A state of a group: its variables end with it, so it gives what others need. */
const inGroup = (takes: object): HandOver => ({ takes, gives: payload });
export const asked = (takes: object): HandOver => ({ takes, keeps: decided, gives: {} });

export const result = (name: string) => ({ [name]: jsonata(`$states.result.Payload.${name}`) });

const rollbackRound = jsonata('$rollbackRound');
const findBlockersAgain: Fields<Omit<FindBlockersInput, 'backupFailure'>> = { ...step, round: rollbackRound };
const findBlockers: Fields<FindBlockersInput> = { ...step, round: 0, backupFailure: ifAny('backupFailure') };
export const rollBack: Fields<RollBackInput> = {
  ...withApproval,
  round: rollbackRound,
  again: jsonata('$rollbackRound > 0 ? $rollbackAgain.evidence : null'),
};
const requestRollbackAgain: Fields<RequestApprovalInput> = {
  ...step,
  stage: jsonata("'rollback-again-' & $string($rollbackRound)"),
  failure: {
    state: 'Roll back',
    error: jsonata('$rollback.error'),
    cause: jsonata('$rollback.cause'),
    committed: true,
  },
  taskToken,
};

export const handOversOfBlocked: Readonly<Record<string, HandOver>> = {
  'Find blockers': inLine(findBlockers),
  'Find blockers again': inLine(findBlockersAgain),
  'Approve another rollback attempt': {
    takes: requestRollbackAgain,
    keeps: { ...keptOfAnswer, rollbackAgain: jsonata('$states.result') },
    gives: {},
  },
  'Another rollback attempt approved?': {
    keeps: {
      rollback: jsonata(
        "$merge([$rollback, { 'again': { 'outcome': 'given up', 'by': $rollbackAgain.by, 'reason': $rollbackAgain.reason } }])",
      ),
    },
  },
};

/** Of the states that take, keep or give anything. */
export const expectedHandOvers: Readonly<Record<string, HandOver>> = {
  'Open run': inLine(open, { ...result('run'), interruptions: [], round: 0 }),
  'Step 1: Code review': inGroup(step),
  'Step 2: Schema validation': inGroup(step),
  'Step 3: Impact analysis': inGroup(step),
  Review: { keeps: keptOfGroup, gives: {} },
  'Approve review': asked(request('review')),
  'Step 4: Environment check': inLine(step, result('baseline')),
  'Create branch': inLine(step, result('branch')),
  'Step 5: Back up database': inGroup(onBranch),
  'Step 6: Dry run': { takes: onBranch, keeps: { dryRun: payload }, gives: payload },
  'Step 13: Test rollback': {
    takes: testRollback,
    gives: { ...result('evidence'), rehearsal: jsonata('$dryRun') },
  },
  Prepare: { keeps: { ...keptOfGroup, rehearsal: jsonata('$states.result[1].rehearsal') }, gives: {} },
  'Approve apply': asked(request('apply')),
  'Step 7: Connect': inLine(rehearsed, { connected: kept.previous }),
  'Step 8: Apply migration': inLine(apply),
  'Establish outcome': inLine(establish, {
    ...result('outcome'),
    ...result('failure'),
    ...result('interruptions'),
    ...result('mayTryAgain'),
  }),
  'Approve another attempt': {
    takes: requestAgain,
    keeps: { ...keptOfAnswer, again: jsonata('$states.result') },
    gives: {},
  },
  'Another attempt approved?': {
    keeps: {
      failure: jsonata(
        "$merge([$failure, { 'again': { 'outcome': 'given up', 'by': $again.by, 'reason': $again.reason } }])",
      ),
    },
  },
  'Connect again': inLine(connectAgain, { connected: kept.previous }),
  'Step 9: Verify schema': inLine(rehearsed),
  'Step 10: Test constraints': inGroup(rehearsed),
  'Step 11: Performance check': inGroup(step),
  'Step 12: Application integration': inGroup(step),
  Validate: { keeps: keptOfGroup, gives: {} },
  'Step 14: Update documentation': inLine(step),
  'Step 15: Notify team': inLine(step),
  'Step 16: Monitor': {
    takes: monitor,
    keeps: {
      ...keptOfAnswer,
      monitoring: jsonata('$states.result'),
      // Read only when the window was not quiet.
      failure: {
        state: jsonata('$states.context.State.Name'),
        error: 'MonitoringAlarm',
        cause: jsonata('$states.result.summary'),
        committed: true,
      },
    },
    gives: {},
  },
  'Sign off': { takes: onBranch, gives: jsonata('$states.result.Payload.signOff') },
  'Ask for the rollback': { takes: askRollback, keeps: { rollbackRun: { runId: rollbackName } }, gives: {} },
  'Establish rollback': inLine(establishRollback, { ...result('rollback'), ...result('isReported') }),
  'Report incident': inLine(incident),
  'Close run': { takes: close, keeps: { closed: payload }, gives: {} },
};
