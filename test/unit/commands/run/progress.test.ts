import { describeEnd, openProgress } from '#commands/run/progress';
import { checklist, namesOf } from '#lambdas/checklist';
import { entryPoints } from '#lambdas/entry-points';
import type { ExecutionEvent } from '#local/engine/engine';
import { loadDefinition, workflowNames } from '#statemachine/load-definition';
import { report } from '#test/unit/domain/reports/a-report';

const event = (differing: Partial<ExecutionEvent> = {}): ExecutionEvent => ({
  executionArn: 'arn:1',
  name: 'run-1',
  at: '2026-11-22T08:00:00.000Z',
  replayed: false,
  kind: 'StateExited',
  state: 'Step 6: Dry run',
  durationMs: 1234,
  ...differing,
});

const onTerminal = { pageBaseUrl: 'http://127.0.0.1:4600', isTerminal: true, approvalTimeoutSeconds: 86_400 };

const describeEvent = (one: ExecutionEvent) => openProgress(onTerminal)(one);

const describe_ = (differing: Partial<ExecutionEvent> = {}) => describeEvent(event(differing));

test('a state that was left is ticked off with its duration', () => {
  expect(describe_()).toBe('  ✓ Step 6: Dry run                    1.2 s');
});

test.each([
  [0, '0.0 s'],
  [59_949, '59.9 s'],
  [90_000, '1 min 30 s'],
  [3_780_000, '1 h 3 min'],
])('%d ms are %s', (durationMs, words) => {
  expect(describe_({ durationMs })).toMatch(new RegExp(` {2}${words}$`));
});

test('a duration that is not known leaves nothing at the end of the line', () => {
  const { durationMs: _, ...withoutDuration } = event();

  expect(describeEvent(withoutDuration)).toBe('  ✓ Step 6: Dry run');
});

test('an approval that is waited for says until when, and where the mail is', () => {
  expect(describe_({ kind: 'WaitingForToken', state: 'Approve apply' })).toBe(
    '  … Approve apply                      waiting for a person until 2026-11-23 08:00 UTC: http://127.0.0.1:4600/mailbox',
  );
});

test('the window says where it can be watched', () => {
  expect(describe_({ kind: 'WaitingForToken', state: 'Step 16: Monitor' })).toContain(
    'watching: http://127.0.0.1:4600/runs/run-1',
  );
});

const failure = { error: 'LockNotAvailable', cause: '{"errorMessage":"the lock on jobs\\nwas not granted"}' };

test('a retry says why, in words and without the name of the error', () => {
  expect(describe_({ kind: 'TaskRetried', ...failure })).toMatch(
    /^ {2}↻ Step 6: Dry run +again: the lock on jobs was not granted$/,
  );
});

test.each(['StateFailed', 'StateCaught'] as const)('%s is crossed and says why', (kind) => {
  expect(describe_({ kind, ...failure })).toMatch(/^ {2}✗ Step 6: Dry run +the lock on jobs was not granted$/);
});

test('a failure without words has its name, and a long one is cut', () => {
  expect(describe_({ kind: 'StateFailed', error: 'States.Timeout', cause: '' })).toMatch(/ States\.Timeout$/);
  expect(describe_({ kind: 'StateFailed' })).toMatch(/an error without a message$/);
  expect(describe_({ kind: 'StateFailed', cause: 'x'.repeat(130) })).toMatch(/ x{120}…$/);
});

const blocked = `statement 3 (line 12) did not get its lock: ${'x'.repeat(120)}; blocked by process 77, application shop-web`;

test('a log gets a long line whole; a terminal gets the useful word first, who blocks', () => {
  const inLog = openProgress({ ...onTerminal, isTerminal: false });

  expect(inLog(event({ kind: 'TaskRetried', cause: blocked }))).toContain(`again: ${blocked}`);
  expect(describe_({ kind: 'TaskRetried', cause: blocked })).toMatch(
    / again: blocked by process 77, application shop-web; statement 3 .*x…$/,
  );
});

const endOf = (state: string, output: unknown) => {
  const progress = openProgress(onTerminal);
  progress(event({ kind: 'TaskSucceeded', state, output }));
  return progress(event({ state }));
};

test('an alarm that rang and a refusal are not ticked off', () => {
  expect(endOf('Step 16: Monitor', { outcome: 'alarm', summary: 'Deadlocks: 2' })).toMatch(
    /^ {2}! Step 16: Monitor +an alarm rang: Deadlocks: 2$/,
  );
  expect(endOf('Approve apply', { decision: 'rejected', by: 'ada@example.org', reason: 'too late' })).toMatch(
    /^ {2}✗ Approve apply +rejected by ada@example\.org: too late$/,
  );
  expect(endOf('Step 16: Monitor', { outcome: 'quiet' })).toMatch(/✓/);
  expect(endOf('Approve apply', { decision: 'approved', by: 'ada@example.org' })).toMatch(/✓/);
});

test('a state that was stopped says what failed beside it', () => {
  const cause = 'stopped, because Step 5: Back up database failed beside it';

  expect(describe_({ kind: 'StateAborted', cause })).toBe(`  – Step 6: Dry run                    ${cause}`);
});

test('what was shown by an earlier process is not shown again', () => {
  expect(describe_({ replayed: true })).toBeNull();
});

test.each(['ExecutionStarted', 'StateEntered', 'TaskScheduled', 'TaskSucceeded', 'ExecutionSucceeded'] as const)(
  '%s says nothing that its state does not say',
  (kind) => {
    expect(describe_({ kind })).toBeNull();
  },
);

test('an event without a state is not shown', () => {
  const { state: _, ...withoutState } = event();

  expect(describeEvent(withoutState)).toBeNull();
});

type States = Readonly<Record<string, { readonly Branches?: readonly { readonly States: States }[] }>>;

const namesIn = (states: States): readonly string[] =>
  Object.entries(states).flatMap(([name, { Branches = [] }]) => [
    name,
    ...Branches.flatMap(({ States }) => namesIn(States)),
  ]);

test('of the workflow exactly the states that call a function, or start a workflow, are shown: no choice, no parallel group, no end', () => {
  const names = workflowNames.flatMap((name) =>
    namesIn((loadDefinition(name) as unknown as { States: States }).States),
  );
  const shown = [...new Set(names)].filter((state) => describe_({ state }) !== null);

  expect(shown.sort()).toEqual(
    [
      ...checklist.map((step) => namesOf(step).stateName),
      ...entryPoints.flatMap(({ stateNames }) => stateNames),
      // It starts the workflow that calls the others.
      'Ask for the rollback',
    ].sort(),
  );
  expect(shown).not.toContain('Rollback approved?');
});

const folders = { out: '/out', store: '.local/store' };

test('the end of a run names what failed and what is open, and says how its evidence is verified', () => {
  const end = {
    migration: '001_a.sql',
    runId: 'run-1',
    isSignedOff: true,
    message: 'signed off',
    signOffSha256: 'f00d',
  };

  expect(describeEnd(end, report(), folders).split('\n')).toEqual([
    '✓ 001_a.sql: signed off',
    '  4 boxes: 1 failed, 1 open, 1 attested, 1 proved',
    '  ! 1.2 failed: bad | name',
    expect.stringMatching(/^ {2}! 13\.2 open: /),
    '  report: /out/run-1/report.html',
    '  verify: npm run verify-evidence -- run-1 --store .local/store --sha256 f00d',
  ]);
});

test('boxes that are open for one reason are one line, and at most twelve reasons are told', () => {
  const boxes = Array.from({ length: 30 }, (_, index) => ({
    ...(report().boxes[0] as ReturnType<typeof report>['boxes'][number]),
    id: `6.${index + 1}`,
    answer: 'open' as const,
    reason: index < 2 ? 'the run ended before' : `reason ${index}`,
  }));
  const end = { migration: '001_a.sql', runId: 'run-1', isSignedOff: false, message: 'no', signOffSha256: null };
  const lines = describeEnd(end, { boxes }, folders).split('\n');

  expect(lines[2]).toBe('  ! 6.1, 6.2 open: the run ended before');
  expect(lines.filter((line) => line.startsWith('  ! '))).toHaveLength(13);
  expect(lines).toContain('  ! and 17 more reasons: see the report');
});

test('what was accepted by name is not told twice', () => {
  const end = {
    migration: '001_a.sql',
    runId: 'run-1',
    isSignedOff: true,
    message: 'with exceptions',
    signOffSha256: null,
  };

  expect(describeEnd({ ...end, exceptions: ['1.2 was accepted'] }, report(), folders)).not.toContain('bad | name');
});

test('a run that was closed has evidence too, without a sign-off to name', () => {
  const end = { migration: '001_a.sql', runId: 'run-1', isSignedOff: false, message: 'no', signOffSha256: null };

  expect(describeEnd(end, report(), folders)).toMatch(
    /\n {2}verify: npm run verify-evidence -- run-1 --store \.local\/store$/,
  );
});

test('a run that was refused before it had a report says only why', () => {
  const refused = { isSignedOff: false, message: 'it is not the next one', signOffSha256: null };

  expect(describeEnd({ migration: '001_a.sql', runId: 'run-1', ...refused }, null, folders)).toBe(
    '✗ 001_a.sql: it is not the next one',
  );
});
