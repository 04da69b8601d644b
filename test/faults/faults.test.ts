/** A failure in each step in turn: the way that the run takes, what it leaves, and what it says. */
import { checklist, namesOf } from '#lambdas/checklist';
import { wayTo, withFaultyRun } from '#test/support/faulty-run';

const closed = ['Close run', 'Run failed'];
const asked = ['Ask for the rollback', 'Establish rollback', 'Was it reported?', ...closed];

type Row = readonly [functionName: string, upTo: string, goesTo: readonly string[]];

/** Up to which state the run goes on the way to its sign-off, and where it goes from there. */
const rows: readonly Row[] = [
  ['CodeReview', 'Review', closed],
  ['SchemaValidation', 'Review', closed],
  ['ImpactAnalysis', 'Review', closed],
  ['EnvironmentCheck', 'Step 4: Environment check', closed],
  ['BackupDatabase', 'Prepare', closed],
  ['DryRun', 'Prepare', closed],
  ['TestRollback', 'Prepare', closed],
  ['Connect', 'Step 7: Connect', closed],
  ['ApplyMigration', 'Step 8: Apply migration', ['Establish outcome', 'Was it committed?', ...closed]],
  ['VerifySchema', 'Step 9: Verify schema', asked],
  ['TestConstraints', 'Validate', asked],
  ['PerformanceCheck', 'Validate', asked],
  ['ApplicationIntegration', 'Validate', asked],
  ['UpdateDocumentation', 'Step 14: Update documentation', asked],
  ['NotifyTeam', 'Step 15: Notify team', asked],
  ['Monitor', 'Step 16: Monitor', asked],
];

const stateOf = new Map(checklist.map(namesOf).map(({ functionName, stateName }) => [functionName, stateName]));

// One of some eighty such runs on a busy machine ended before its fault, with a VerificationFailed whose reason was not found. The
// error is printed before the run is tried again; a second one fails the test.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

test('every step is made to fail', () => {
  expect(rows.map(([functionName]) => functionName).sort()).toEqual([...stateOf.keys()].sort());
});

test.each(rows)('a failure in %s ends the run as it should', async (functionName, upTo, goesTo) => {
  await withFaultyRun([{ in: functionName }], async (run) => {
    const isAsked = goesTo === asked;

    const message = expect.stringContaining(`: injected into ${functionName}. `);
    expect(run.end).toMatchObject({ isSignedOff: false, error: 'Injected', message });
    expect(run.entered).toContain(stateOf.get(functionName));
    expect(run.way).toEqual([...wayTo(upTo), ...goesTo]);
    expect(run.report.outcome).toBe('failed');
    expect(run.report.boxes).toHaveLength(61);
    expect(run.back.report?.outcome ?? null).toBe(isAsked ? 'rolled back' : null);
    expect(run.back.report?.approvals.map(({ stage }) => stage) ?? []).toEqual(isAsked ? ['rollback'] : []);
    // Whatever happened, the schema is what it was: nothing was applied, or it was rolled back after a person's approval.
    expect(run.schemaAfter).toBe(run.schemaBefore);
    expect(run.entry === undefined).toBe(!isAsked);
    expect(run.report.signOff.rolledBackAt).toBe(run.entry?.rolledBackAt ?? null);
    expect(run.report.signOff.rolledBackAt !== null).toBe(isAsked);
    expect(run.incidents).toHaveLength(isAsked ? 1 : 0);
    expect(run).toMatchObject({ isTargetFree: true, hadBranch: run.way.includes('Prepare'), isBranchGone: true });
  });
});
