/** What the workflow of rollbacks is meant to do, state by state, by hand and apart from its file: see states.ts. */
import type { BackupInput, RequestApprovalInput } from '#statemachine/contract';
import type { RehearseRollbackInput, VerifyRollbackInput } from '#statemachine/rollback-contract';
import {
  asked,
  close,
  type HandOver,
  handOversOfBlocked,
  incident,
  inLine,
  onBranch,
  open,
  payload,
  request,
  result,
  rollBack,
  step,
} from './hand-overs';
import * as states from './states';
import { type Catcher, type Choice, type Flows, flowsOf, jsonata, type Task, type Wait } from './states';

/** Nobody answered, and nobody could be asked, are two things; either way nothing was rolled back. */
const unanswered: readonly Catcher[] = [
  { ErrorEquals: ['States.Timeout'], Assign: { rollback: { outcome: 'not answered' } }, Next: 'Close run' },
  ...states.anyError('Close run', states.rollbackEnded('not asked')),
];

/** People are asked all the same. */
const notBackedUp = states.anyError('Find blockers', {
  backupFailure: { error: jsonata('$states.errorOutput.Error'), cause: jsonata('$states.errorOutput.Cause') },
});

const { usual, closes, uncaught, transient, lockAttempts, lockBriefly, ending, lock, patient, rolledBackInDoubt } =
  states;

const tasks: readonly Task[] = [
  ['Open rollback', 'OpenRollback', 120, usual, uncaught, 'Rehearse on now'],
  ['Rehearse on now', 'RehearseRollback', 900, usual, closes, 'Step 5: Back up database'],
  ['Step 5: Back up database', 'BackupDatabase', 900, [transient, lockBriefly], notBackedUp, 'Find blockers'],
  ...states.findBlockers,
  [
    'Roll back',
    'RollBack',
    900,
    [transient, lockAttempts, ...rolledBackInDoubt],
    states.notRolledBack,
    'Verify rollback',
  ],
  ['Verify rollback', 'VerifyRollback', 300, [patient, lock], states.differs, 'Report incident'],
  ['Report incident', 'ReportIncident', 300, [transient], states.unreported, 'Close run'],
  ['Close run', 'CloseRun', 300, [ending, lock], uncaught, 'Was it taken back?'],
];

const waits: readonly Wait[] = [
  ['Approve rollback', 'RequestApproval', '$run.approvalTimeoutSeconds', unanswered, 'Rollback approved?'],
  states.rollbackAgain,
];

const choices: readonly Choice[] = [
  ...states.choicesOfBlocked,
  ['Rollback approved?', { [states.approved]: 'Roll back' }, 'Close run'],
  ['Was it taken back?', { '$closed.isTakenBack': 'Rolled back' }, 'Run failed'],
];

export const rollbackFlows: Flows = [
  ...flowsOf({ tasks, waits, groups: [], choices }),
  ['Rolled back', { Type: 'Succeed' }],
];

const verify: Readonly<Record<keyof VerifyRollbackInput, unknown>> = {
  ...step,
  rehearsal: jsonata('$rehearsal'),
  rollback: jsonata('$rollback'),
};
const rehearse: Readonly<Record<keyof RehearseRollbackInput, unknown>> = {
  ...step,
  attempt: jsonata('$states.context.State.RetryCount'),
};
const backUp: Readonly<Record<keyof BackupInput, unknown>> = {
  ...onBranch,
  attempt: jsonata('$states.context.State.RetryCount'),
};
const requestRollback: Readonly<Record<keyof RequestApprovalInput, unknown>> = {
  ...request('rollback'),
  failure: jsonata('$failure'),
};

export const rollbackHandOvers: Readonly<Record<string, HandOver>> = {
  'Open rollback': inLine(open, { ...result('run'), ...result('failure'), rollbackRound: 0 }),
  'Rehearse on now': inLine(rehearse, { ...result('branch'), ...result('rehearsal') }),
  'Step 5: Back up database': inLine(backUp),
  'Approve rollback': asked(requestRollback),
  'Rollback approved?': {
    keeps: {
      rollback: { outcome: 'not approved', by: jsonata('$decision.by'), reason: jsonata('$decision.reason') },
    },
  },
  ...handOversOfBlocked,
  'Roll back': inLine(rollBack, { rollback: { outcome: 'rolled back' } }),
  'Verify rollback': inLine(verify, { rollback: { outcome: 'rolled back' } }),
  'Report incident': inLine(incident),
  'Close run': { takes: close, keeps: { closed: payload }, gives: {} },
  'Rolled back': { gives: jsonata('$closed') },
};
