/** A failure in each function that is not a step: the way that the run takes, what it leaves, and what it says. */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { entryPoints } from '#lambdas/entry-points';
import {
  type Fault,
  type FaultyRun,
  functionsCalledBy,
  wayTo,
  wayToSignOff,
  withFaultyRun,
} from '#test/support/faulty-run';

const closed = ['Close run', 'Run failed'];
const asked = ['Ask for the rollback', 'Establish rollback', 'Was it reported?'];
const reported = ['Report incident', ...closed];
/** Where nobody was asked, or no report could be written, the run that failed writes it itself. */
const reportsItself = [...asked, ...reported];

/** How the rollback goes on after its rehearsal and backup. */
const decided = ['Find blockers', 'Approve rollback', 'Rollback approved?', 'Roll back'];

/** Something fails after the commit, so that a person is asked for the rollback. */
const failedCheck: Fault = { in: 'TestConstraints' };
/** The migration was committed, and nobody heard of it. */
const lostAnswer: Fault = { in: 'ApplyMigration', isAfterwards: true };

type Row = {
  readonly of: string;
  readonly faults: readonly Fault[];
  /** Up to which state the run goes on the way to its sign-off, and where it goes from there. */
  readonly upTo: string;
  readonly goesTo: readonly string[];
  /** Behind rehearsal and backup, without its end; missing where no rollback is asked for. */
  readonly back?: readonly string[];
  readonly migration: 'is not applied' | 'stands' | 'is rolled back';
  readonly says: string;
};

const rows: readonly Row[] = [
  {
    of: 'CreateBranch',
    faults: [{ in: 'CreateBranch' }],
    upTo: 'Create branch',
    goesTo: closed,
    migration: 'is not applied',
    says: 'Create branch: injected into CreateBranch. Nothing was changed on the target',
  },
  ...(['review', 'apply'] as const).map(
    (stage): Row => ({
      of: 'RequestApproval',
      faults: [{ in: 'RequestApproval', stage }],
      upTo: `Approve ${stage}`,
      goesTo: closed,
      migration: 'is not applied',
      says: `Approve ${stage}: injected into RequestApproval. ${stage === 'review' ? 'No statement of it was run' : 'Nothing was changed on the target'}`,
    }),
  ),
  {
    // As when no mail goes out: nobody can be asked, and nobody can be told.
    of: 'RequestApproval and ReportIncident',
    faults: [failedCheck, { in: 'RequestApproval', stage: 'rollback' }, { in: 'ReportIncident' }],
    upTo: 'Validate',
    goesTo: reportsItself,
    back: ['Find blockers', 'Approve rollback'],
    migration: 'stands',
    says: '001_create_jobs.sql is still applied on the target: nobody could be asked whether to roll it back (injected into RequestApproval)',
  },
  {
    of: 'EstablishOutcome',
    faults: [lostAnswer, { in: 'EstablishOutcome' }],
    upTo: 'Step 8: Apply migration',
    goesTo: ['Establish outcome', ...asked, ...closed],
    back: [...decided, 'Verify rollback', 'Report incident'],
    migration: 'is rolled back',
    says: '001_create_jobs.sql was rolled back, and the schema is the same as before',
  },
  {
    of: 'EstablishRollback',
    faults: [failedCheck, { in: 'EstablishRollback' }],
    upTo: 'Validate',
    goesTo: ['Ask for the rollback', 'Establish rollback', ...reported],
    back: [...decided, 'Verify rollback', 'Report incident'],
    migration: 'is rolled back',
    says: 'what became of its rollback could not be found out (injected into EstablishRollback)',
  },
  {
    of: 'the opening of the rollback',
    faults: [failedCheck, { in: 'OpenRollback' }],
    upTo: 'Validate',
    goesTo: reportsItself,
    migration: 'stands',
    says: '001_create_jobs.sql is still applied on the target: nobody could be asked whether to roll it back (injected into OpenRollback)',
  },
  {
    of: 'the rollback',
    faults: [failedCheck, { in: 'RollBack' }],
    upTo: 'Validate',
    goesTo: [...asked, ...closed],
    back: [...decided, 'May the rollback be tried again?', 'Report incident'],
    migration: 'stands',
    says: 'The rollback of 001_create_jobs.sql failed: injected into RollBack',
  },
  {
    of: 'the verification of the rollback',
    faults: [failedCheck, { in: 'VerifyRollback' }],
    upTo: 'Validate',
    goesTo: [...asked, ...closed],
    back: [...decided, 'Verify rollback', 'Report incident'],
    migration: 'is rolled back',
    says: 'could not be compared with the one before the migration: injected into VerifyRollback',
  },
];

/** These have nobody behind them who could tidy up; tests of their own below. */
const alone = ['OpenRun', 'SignOff', 'CloseRun'];
/** A person says that it is tried again; `--yes` would give up. */
const askedAgain = ['ConnectAgain'];

test('every function that a state calls is made to fail', () => {
  const outsideSteps = new Set(entryPoints.map(({ functionName }) => functionName));
  const called = functionsCalledBy('migration-checklist').filter((name) => outsideSteps.has(name));
  const failed = rows.flatMap(({ of }) => of.split(' and ')).filter((name) => outsideSteps.has(name));

  expect([...new Set([...failed, ...alone, ...askedAgain])].sort()).toEqual(called);
});

test.each(rows)(
  'a run with a failure in $of goes on from "$upTo" to "$goesTo.0", and its migration $migration',
  async (row) => {
    await withFaultyRun(row.faults, async (run) => {
      expect(run.end).toMatchObject({ isSignedOff: false, error: 'Injected' });
      expect(run.end.message).toContain(row.says);
      expect(run.way).toEqual([...wayTo(row.upTo), ...row.goesTo]);
      expect(run.report).toMatchObject({ outcome: 'failed', cause: run.end.message });
      expect(run.report.boxes).toHaveLength(61);
      const { back = [] } = row;
      const before = ['Open rollback', 'Rehearse on now', 'Step 5: Back up database'];
      if (row.back) expect(run.back.states.slice(0, -3)).toEqual([...before, ...back]);
      const isAsked = back.includes('Rollback approved?');
      expect(run.back.report?.approvals.some(({ stage }) => stage === 'rollback') ?? false).toBe(isAsked);
      expect(run.schemaAfter === run.schemaBefore).toBe(row.migration !== 'stands');
      expect(run.entry === undefined).toBe(row.migration === 'is not applied');
      expect(typeof run.entry?.rolledBackAt === 'string').toBe(row.migration === 'is rolled back');
      const reports = [...row.goesTo, ...back].filter((state) => state === 'Report incident');
      expect(run.incidents).toHaveLength(row.of.includes('ReportIncident') ? 0 : reports.length);
      expect(run).toMatchObject({ isTargetFree: true, hadBranch: run.way.includes('Prepare'), isBranchGone: true });
    });
  },
);

test('a failure in ConnectAgain closes the run: what was approved again is not applied', async () => {
  const faults: readonly Fault[] = [{ in: 'ApplyMigration', error: 'LockNotAvailable' }, { in: 'ConnectAgain' }];
  const work = async (run: FaultyRun) => {
    const question = ['Approve another attempt', 'Another attempt approved?'];
    const way = [...wayTo('Step 8: Apply migration'), 'Establish outcome', 'Was it committed?', ...question];
    const wayOn = ['Connect again', 'Is a part of it committed?', ...closed];

    expect(run.end).toMatchObject({ isSignedOff: false, error: 'Injected' });
    expect(run.end.message).toContain('Connect again: injected into ConnectAgain. Nothing was changed on the target');
    expect(run.way).toEqual([...way, ...wayOn]);
    expect(run.report).toMatchObject({ outcome: 'failed', cause: run.end.message });
    expect(run.report.approvals.map(({ stage }) => stage)).toEqual(['review', 'apply', 'again-1']);
    expect(run.schemaAfter).toBe(run.schemaBefore);
    expect(run).toMatchObject({ entry: undefined, isTargetFree: true, hadBranch: true, isBranchGone: true });
  };
  await withFaultyRun(faults, work, { isAnsweredByPeople: true });
});

test('a failure in OpenRun ends the execution with that error, and nothing was begun', async () => {
  await withFaultyRun([{ in: 'OpenRun' }], async (run) => {
    expect(run.end).toMatchObject({ isSignedOff: false, error: 'Injected', message: 'injected into OpenRun' });
    expect(run.way).toEqual(['Open run']);
    expect(run.schemaAfter).toBe(run.schemaBefore);
    expect(run).toMatchObject({ report: null, isTargetFree: true, hadBranch: false, incidents: [] });
  });
});

test('a failure in SignOff for good closes the run: the migration stands, and only its sign-off is missing', async () => {
  await withFaultyRun([{ in: 'SignOff' }], async (run) => {
    expect(run.end).toMatchObject({ isSignedOff: false, error: 'Injected' });
    expect(run.end.message).toContain(
      'Sign off: injected into SignOff. 001_create_jobs.sql is applied on the target and was quiet while it was watched; only its sign-off is missing',
    );
    expect(run.way).toEqual([...wayToSignOff, ...closed]);
    expect(run.report).toMatchObject({ outcome: 'failed', cause: run.end.message });
    expect(run.entry).toMatchObject({ rolledBackAt: null });
    expect(run).toMatchObject({ isTargetFree: true, hadBranch: true, isBranchGone: true, incidents: [] });
  });
});

test('a failure in CloseRun for good ends the execution with that error, and what hears it closes the run', async () => {
  await withFaultyRun([{ in: 'DryRun' }, { in: 'CloseRun' }], async (run) => {
    expect(run.end).toMatchObject({ error: 'Injected', message: 'injected into CloseRun' });
    expect(run.way).toEqual([...wayTo('Prepare'), 'Close run']);
    expect(run.report).toMatchObject({ outcome: 'failed', cause: expect.stringContaining('injected into CloseRun') });
    expect(run).toMatchObject({ isTargetFree: true, hadBranch: true, isBranchGone: true });
  });
});

test('a commit whose answer was lost is a commit: the run continues with Step 9 and is signed off', async () => {
  await withFaultyRun([lostAnswer], async (run, runtime) => {
    const doubt = ['Establish outcome', 'Was it committed?'];
    const rest = wayToSignOff.slice(wayToSignOff.indexOf('Step 9: Verify schema'));

    expect(run.end).toMatchObject({ isSignedOff: true, message: 'demonstration, no sign-off: nobody looked (--yes)' });
    expect(run.way).toEqual([...wayTo('Step 8: Apply migration'), ...doubt, ...rest]);
    expect(run.entry).toMatchObject({ runId: run.end.runId, rolledBackAt: null });
    expect(run.report).toMatchObject({ outcome: 'demonstration', cause: null });
    expect(run.report.approvals.map(({ stage }) => stage)).toEqual(['review', 'apply']);
    const { problems } = await verifyEvidence(runtime.ports.store, run.end.runId, run.end.signOffSha256);
    expect(problems).toEqual([]);
    expect(run).toMatchObject({ isTargetFree: true, hadBranch: true, isBranchGone: true, incidents: [] });
  });
});
