/** The functions of both workflows that are no step of the checklist. */

const approvals = ['review', 'apply', 'another attempt', 'rollback', 'another rollback attempt'].map(
  (what) => `Approve ${what}`,
);

/** The functions of both workflows that are not steps; those without a state are entered from outside: pages, terminal, events. */
export type EntryPoint = {
  readonly functionName: string;
  /** Path below lambdas/, without extension. */
  readonly file: string;
  /** Empty for those entered by HTTP, by a schedule or by an event. */
  readonly stateNames: readonly string[];
};

export const entryPoints: readonly EntryPoint[] = [
  { functionName: 'OpenRun', file: 'runs/open-run', stateNames: ['Open run'] },
  { functionName: 'CreateBranch', file: 'runs/create-branch', stateNames: ['Create branch'] },
  { functionName: 'RequestApproval', file: 'approvals/request', stateNames: approvals },
  { functionName: 'EstablishOutcome', file: 'runs/establish-outcome', stateNames: ['Establish outcome'] },
  { functionName: 'ConnectAgain', file: 'runs/connect-again', stateNames: ['Connect again'] },
  { functionName: 'SignOff', file: 'runs/sign-off', stateNames: ['Sign off'] },
  { functionName: 'CloseRun', file: 'runs/close-run', stateNames: ['Close run'] },
  { functionName: 'OpenRollback', file: 'rollback/open-rollback', stateNames: ['Open rollback'] },
  { functionName: 'RehearseRollback', file: 'rollback/rehearse-rollback', stateNames: ['Rehearse on now'] },
  {
    functionName: 'FindBlockers',
    file: 'rollback/find-blockers',
    stateNames: ['Find blockers', 'Find blockers again'],
  },
  { functionName: 'RollBack', file: 'rollback/roll-back', stateNames: ['Roll back'] },
  { functionName: 'VerifyRollback', file: 'rollback/verify-rollback', stateNames: ['Verify rollback'] },
  { functionName: 'EstablishRollback', file: 'rollback/establish-rollback', stateNames: ['Establish rollback'] },
  { functionName: 'ReportIncident', file: 'rollback/report-incident', stateNames: ['Report incident'] },
  { functionName: 'ShowApproval', file: 'approvals/show', stateNames: [] },
  { functionName: 'DecideApproval', file: 'approvals/decide', stateNames: [] },
  { functionName: 'AnswerTerminal', file: 'approvals/answer-terminal', stateNames: [] },
  { functionName: 'CloseStopped', file: 'runs/close-stopped', stateNames: [] },
  { functionName: 'SampleActivity', file: 'monitoring/sample-activity', stateNames: [] },
  { functionName: 'OnAlarm', file: 'monitoring/on-alarm', stateNames: [] },
  { functionName: 'RemindPostMortem', file: 'rollback/remind-post-mortem', stateNames: [] },
];
