/**
 * What the workflow is meant to do, state by state: which function it calls, what is tried again, where an error leads and what
 * comes next. Written by hand and apart from the workflow file, so that a line that is lost or mistaken there is seen.
 */

/** JSONata, as the workflow file spells it. */
export const jsonata = (expression: string) => `{% ${expression} %}`;

type Retrier = {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly MaxAttempts: number;
  readonly JitterStrategy: 'FULL' | 'NONE';
};

const retrier = (errors: readonly string[], first: number, longest: number, attempts: number): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: first,
  BackoffRate: 2,
  MaxDelaySeconds: longest,
  MaxAttempts: attempts,
  JitterStrategy: 'FULL',
});

const lambdaStumbled = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const stumbled = [...lambdaStumbled, 'DatabaseUnreachable', 'PlatformFailed', 'StoreFailed'];

/** Nothing was decided: 2, 4 and 8 s later. */
export const transient = retrier(stumbled, 2, 8, 3);
/** Until the target answers nobody knows what became of the commit, so about seven minutes. */
export const patient = retrier(stumbled, 2, 60, 10);
/** Whoever only asks, opens or ends is called again for seven minutes, also after it ran out of its time. */
const asking = retrier(
  [...lambdaStumbled, 'Lambda.Unknown', 'Sandbox.Timedout', 'DatabaseUnreachable', 'PlatformFailed', 'StoreFailed'],
  2,
  60,
  10,
);
/** Somebody holds the lock: about five minutes. */
export const lock = retrier(['LockNotAvailable'], 1, 60, 12);
export const usual = [transient, lock];
/** A rollback can go on without: at most two minutes. */
export const lockBriefly = retrier(['LockNotAvailable'], 1, 8, 5);
/** While a statement waits others are stalled behind it, so the pauses are long and certain: about five minutes. */
export const lockAttempts: Retrier = { ...retrier(['LockNotAvailable'], 3, 20, 15), JitterStrategy: 'NONE' };
/** Until what hears that the rollback was stopped has closed it: about nine minutes. */
const closing: Retrier = { ...retrier(['RollbackNotClosed'], 2, 60, 13), JitterStrategy: 'NONE' };
/** Called again, a rollback finds out itself whether it was committed. */
export const rolledBackInDoubt: readonly Retrier[] = [
  { ...retrier(['OutcomeUnknown'], 5, 60, 5), JitterStrategy: 'NONE' },
  { ...retrier(['Lambda.Unknown', 'Sandbox.Timedout'], 5, 60, 1), JitterStrategy: 'NONE' },
];
/** Nothing comes behind: an hour. */
export const ending: Retrier = { ...asking, MaxDelaySeconds: 120, MaxAttempts: 35, JitterStrategy: 'NONE' };

export type Catcher = { readonly ErrorEquals: readonly string[]; readonly Assign?: object; readonly Next: string };

export const anyError = (next: string, assign?: object): readonly Catcher[] => [
  { ErrorEquals: ['States.ALL'], ...(assign && { Assign: assign }), Next: next },
];

const failed = (committed: boolean) => ({
  failure: {
    state: jsonata('$states.context.State.Name'),
    error: jsonata('$states.errorOutput.Error'),
    cause: jsonata('$states.errorOutput.Cause'),
    committed,
  },
});

export const rollbackEnded = (outcome: string) => ({
  rollback: { outcome, error: jsonata('$states.errorOutput.Error'), cause: jsonata('$states.errorOutput.Cause') },
});

/** Before the commit nothing has changed, so the run is only closed. */
export const closes = anyError('Close run', failed(false));
/** After the commit a person decides. */
const asks = anyError('Ask for the rollback', failed(true));
const inDoubt = anyError('Establish outcome', failed(false));
/** What is known of the target stays true: whether a part of the migration is committed decides what comes next. */
const failedBetween = {
  failure: jsonata(
    "$merge([$failure, { 'state': $states.context.State.Name, 'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause }])",
  ),
};
const givesUp = anyError('Is a part of it committed?', failedBetween);
/** Without an answer it ends for what it has failed of. */
const notTriedAgain: readonly Catcher[] = [
  {
    ErrorEquals: ['States.Timeout'],
    Assign: { failure: jsonata("$merge([$failure, { 'again': { 'outcome': 'not answered' } }])") },
    Next: 'Is a part of it committed?',
  },
  ...givesUp,
];
/** Still blocked is no end: people are asked again, in the next round. */
const stillBlocked: readonly Catcher[] = [
  {
    ErrorEquals: ['LockNotAvailable'],
    Assign: failedBetween,
    Next: 'May it be asked again?',
  },
  ...givesUp,
];
/** It may be committed all the same: the ledger is asked. */
export const notRolledBack: readonly Catcher[] = [
  {
    ErrorEquals: [
      ...[
        'OutcomeUnknown',
        'DatabaseUnreachable',
        'StoreFailed',
        'PlatformFailed',
        'States.Timeout',
        'Sandbox.Timedout',
      ],
      ...['Lambda.Unknown', ...lambdaStumbled],
    ],
    Assign: rollbackEnded('not known'),
    Next: 'Verify rollback',
  },
  ...anyError('May the rollback be tried again?', rollbackEnded('failed')),
];
/** Nobody answered, or could be asked, whether to try again: it ends for what it has failed of. */
const notRolledBackAgain: readonly Catcher[] = [
  {
    ErrorEquals: ['States.Timeout'],
    Assign: { rollback: jsonata("$merge([$rollback, { 'again': { 'outcome': 'not answered' } }])") },
    Next: 'Report incident',
  },
  ...anyError('Report incident'),
];
/** What became of the rollback is not known, so the run reports the incident itself. */
const notEstablished = anyError('Report incident', rollbackEnded('not known'));
/** Whoever asks twice asks once. */
export const rollbackName = jsonata('"rollback-" & $substring($run.runId, -70)');
/** Only what was compared differs; where the rollback gave no answer, the ledger may have given none either. */
export const differs: readonly Catcher[] = [
  {
    ErrorEquals: ['NotRolledBack'],
    Assign: { rollback: jsonata("$merge([$rollback, { 'outcome': 'failed' }])") },
    Next: 'Report incident',
  },
  {
    ErrorEquals: ['VerificationFailed'],
    Assign: rollbackEnded('rolled back and differs'),
    Next: 'Report incident',
  },
  ...anyError(
    'Report incident',
    rollbackEnded(jsonata("$rollback.outcome = 'not known' ? 'not known' : 'rolled back and differs'")),
  ),
];
export const unreported = anyError('Close run');
/** The migration stands and was quiet: only the run has to be closed. */
const unsigned = anyError('Close run', failed(true));
/** Inside a group it is the group that catches. */
const byGroup: readonly Catcher[] = [];
/** There is nothing before it to close, or nothing behind it that could: the execution fails with the function's own error. */
export const uncaught: readonly Catcher[] = [];

export const end = null;

export type Task = readonly [
  state: string,
  calls: string,
  seconds: number,
  retry: readonly Retrier[],
  caught: readonly Catcher[],
  next: string | typeof end,
];

const tasks: readonly Task[] = [
  ['Open run', 'OpenRun', 120, usual, uncaught, 'Review'],
  ['Step 1: Code review', 'CodeReview', 300, usual, byGroup, end],
  ['Step 2: Schema validation', 'SchemaValidation', 300, usual, byGroup, end],
  ['Step 3: Impact analysis', 'ImpactAnalysis', 300, usual, byGroup, end],
  ['Step 4: Environment check', 'EnvironmentCheck', 300, usual, closes, 'Create branch'],
  ['Create branch', 'CreateBranch', 600, usual, closes, 'Prepare'],
  ['Step 5: Back up database', 'BackupDatabase', 900, usual, byGroup, end],
  ['Step 6: Dry run', 'DryRun', 900, usual, byGroup, 'Step 13: Test rollback'],
  ['Step 13: Test rollback', 'TestRollback', 900, usual, byGroup, end],
  ['Step 7: Connect', 'Connect', 120, usual, closes, 'Step 8: Apply migration'],
  ['Step 8: Apply migration', 'ApplyMigration', 900, [lockAttempts], inDoubt, 'Step 9: Verify schema'],
  ['Establish outcome', 'EstablishOutcome', 300, [patient, lock], asks, 'Was it committed?'],
  ['Connect again', 'ConnectAgain', 120, [transient], stillBlocked, 'Step 8: Apply migration'],
  ['Step 9: Verify schema', 'VerifySchema', 300, usual, asks, 'Validate'],
  ['Step 10: Test constraints', 'TestConstraints', 300, usual, byGroup, end],
  ['Step 11: Performance check', 'PerformanceCheck', 300, usual, byGroup, end],
  ['Step 12: Application integration', 'ApplicationIntegration', 300, [transient], byGroup, end],
  ['Step 14: Update documentation', 'UpdateDocumentation', 300, usual, asks, 'Step 15: Notify team'],
  ['Step 15: Notify team', 'NotifyTeam', 300, [transient], asks, 'Step 16: Monitor'],
  ['Sign off', 'SignOff', 300, [ending, lock], unsigned, end],
  ['Establish rollback', 'EstablishRollback', 120, [transient, closing], notEstablished, 'Was it reported?'],
  ['Report incident', 'ReportIncident', 300, [transient], unreported, 'Close run'],
  ['Close run', 'CloseRun', 300, [ending, lock], uncaught, 'Run failed'],
];

export type Wait = readonly [state: string, calls: string, seconds: string, caught: readonly Catcher[], next: string];

/** Called again, each keeps what it has begun: links, codes and time limit, or the window that is open. */
const waits: readonly Wait[] = [
  ['Approve review', 'RequestApproval', '$run.approvalTimeoutSeconds', closes, 'Review approved?'],
  ['Approve apply', 'RequestApproval', '$run.approvalTimeoutSeconds', closes, 'Apply approved?'],
  [
    'Approve another attempt',
    'RequestApproval',
    '$run.approvalTimeoutSeconds',
    notTriedAgain,
    'Another attempt approved?',
  ],
  ['Step 16: Monitor', 'Monitor', '$run.monitorSeconds + 3600', asks, 'Was it quiet?'],
];

export type Group = readonly [
  state: string,
  branches: readonly (readonly string[])[],
  caught: readonly Catcher[],
  next: string,
];

/** The states in which who blocks a rollback is looked for, and people are asked whether to try again. */
const findsBlockers = (state: string, next: string): Task => [
  state,
  'FindBlockers',
  120,
  [transient],
  // Where nobody could look it is asked without a list.
  anyError(next),
  next,
];
export const findBlockers: readonly Task[] = [
  findsBlockers('Find blockers', 'Approve rollback'),
  findsBlockers('Find blockers again', 'Approve another rollback attempt'),
];
export const rollbackAgain: Wait = [
  'Approve another rollback attempt',
  'RequestApproval',
  '$run.approvalTimeoutSeconds',
  notRolledBackAgain,
  'Another rollback attempt approved?',
];

const groups: readonly Group[] = [
  [
    'Review',
    [['Step 1: Code review'], ['Step 2: Schema validation'], ['Step 3: Impact analysis']],
    closes,
    'Approve review',
  ],
  ['Prepare', [['Step 5: Back up database'], ['Step 6: Dry run', 'Step 13: Test rollback']], closes, 'Approve apply'],
  [
    'Validate',
    [['Step 10: Test constraints'], ['Step 11: Performance check'], ['Step 12: Application integration']],
    asks,
    'Step 14: Update documentation',
  ],
];

/** Where a condition leads, and what it assigns. */
type Rule = string | { readonly next: string; readonly assigns: Readonly<Record<string, string>> };
export type Choice = readonly [state: string, rules: Readonly<Record<string, Rule>>, otherwise: string];

export const approved = "$decision.decision = 'approved'";

export const choicesOfBlocked: readonly Choice[] = [
  [
    'May the rollback be tried again?',
    {
      "$rollback.error = 'LockNotAvailable' and $rollbackRound < 5": {
        next: 'Find blockers again',
        assigns: { rollbackRound: jsonata('$rollbackRound + 1') },
      },
    },
    'Report incident',
  ],
  ['Another rollback attempt approved?', { "$rollbackAgain.decision = 'approved'": 'Roll back' }, 'Report incident'],
];

const choices: readonly Choice[] = [
  ['Review approved?', { [approved]: 'Step 4: Environment check' }, 'Close run'],
  ['Apply approved?', { [approved]: 'Step 7: Connect' }, 'Close run'],
  [
    'Was it committed?',
    {
      "$outcome = 'committed'": 'Step 9: Verify schema',
      $mayTryAgain: { next: 'Step 8: Apply migration', assigns: { previous: jsonata('$connected') } },
      "$failure.error = 'LockNotAvailable' and $round < 5": {
        next: 'Approve another attempt',
        assigns: { previous: jsonata('$connected'), round: jsonata('$round + 1') },
      },
      "$outcome = 'partly applied'": 'Ask for the rollback',
    },
    'Close run',
  ],
  [
    'May it be asked again?',
    { '$round < 5': { next: 'Approve another attempt', assigns: { round: jsonata('$round + 1') } } },
    'Is a part of it committed?',
  ],
  ['Another attempt approved?', { "$again.decision = 'approved'": 'Connect again' }, 'Is a part of it committed?'],
  ['Is a part of it committed?', { '$failure.committed': 'Ask for the rollback' }, 'Close run'],
  ['Was it quiet?', { "$monitoring.outcome = 'quiet'": 'Sign off' }, 'Ask for the rollback'],
  ['Was it reported?', { $isReported: 'Close run' }, 'Report incident'],
];

const lambda = 'arn:aws:states:::lambda:invoke';
const arnOf = (functionName: string) => `\${${functionName}Arn}`;

/** A state without what it takes and keeps; of a group the names of the states in each branch, the first one first. */
export type Flow = { readonly Type: string } & Readonly<Record<string, unknown>>;

export type Flows = readonly (readonly [state: string, flow: Flow])[];

type Expected = {
  readonly tasks: readonly Task[];
  readonly waits: readonly Wait[];
  readonly groups: readonly Group[];
  readonly choices: readonly Choice[];
};

/** A workflow, and where it ends when it fails. */
export const flowsOf = ({ tasks, waits, groups, choices }: Expected): Flows => [
  ...tasks.map(([state, calls, TimeoutSeconds, Retry, Catch, next]): [string, Flow] => [
    state,
    {
      Type: 'Task',
      Resource: lambda,
      FunctionName: arnOf(calls),
      TimeoutSeconds,
      Retry,
      Catch,
      ...(next === end ? { End: true } : { Next: next }),
    },
  ]),
  ...waits.map(([state, calls, seconds, Catch, Next]): [string, Flow] => [
    state,
    {
      Type: 'Task',
      Resource: `${lambda}.waitForTaskToken`,
      FunctionName: arnOf(calls),
      TimeoutSeconds: jsonata(seconds),
      Retry: [asking],
      Catch,
      Next,
    },
  ]),
  ...groups.map(([state, Branches, Catch, Next]): [string, Flow] => [
    state,
    { Type: 'Parallel', Branches, Retry: [], Catch, Next },
  ]),
  ...choices.map(([state, rules, Default]): [string, Flow] => [
    state,
    {
      Type: 'Choice',
      Choices: Object.entries(rules).map(([condition, rule]) => ({
        Condition: jsonata(condition),
        ...(typeof rule === 'string' ? { Next: rule } : { Next: rule.next, Assign: rule.assigns }),
      })),
      Default,
    },
  ]),
  ['Run failed', { Type: 'Fail', Error: jsonata('$closed.error'), Cause: jsonata('$closed.cause') }],
];

export const firstState = 'Open run';

/** However the rollback ends, the run goes on. */
const askForRollback: Flow = {
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Retry: [],
  Catch: anyError('Establish rollback', {
    rollbackRun: {
      runId: rollbackName,
      error: jsonata('$states.errorOutput.Error'),
      cause: jsonata('$states.errorOutput.Cause'),
    },
  }),
  Next: 'Establish rollback',
};

export const expectedFlows: Flows = [
  ...flowsOf({ tasks, waits, groups, choices }),
  ['Ask for the rollback', askForRollback],
];
