/** A failure in each function that the rollback's workflow calls: what stands then, what it says, and what it leaves. */
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { type Fault, faultFor, functionsCalledBy, injected, isTargetFree, schemaOf } from '#test/support/faulty-run';
import { hurriedClock } from '#test/support/hurried-clock';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';
import { isBranchGone, reportOf, statesOf } from '#test/support/run-outcome';

type Row = {
  readonly faults: readonly Fault[];
  /** The last state that is entered. */
  readonly last: string;
  readonly isTakenBack: boolean;
  readonly says: string;
  /** What the mails that ask say of the backup: then two people have to approve. */
  readonly told?: string;
};

/** The mails that have asked for its rollback. */
const questionsOf = async ({ mailDirectory }: Runtime, runId: string): Promise<readonly string[]> => {
  const mails = await Promise.all((await listMails(mailDirectory)).map((file) => readMail(mailDirectory, file)));
  const texts = mails.flatMap((stored) => (stored ? [stored.mail] : []));
  return texts
    .filter(({ subject, text }) => subject.startsWith('Approve rollback') && text.includes(runId))
    .map(({ text }) => text);
};

/** The last one takes the version back, so nothing can come behind it. */
const rows: readonly Row[] = [
  { faults: [{ in: 'OpenRollback' }], last: 'Open rollback', isTakenBack: false, says: 'injected into OpenRollback' },
  {
    faults: [{ in: 'RehearseRollback' }],
    last: 'Run failed',
    isTakenBack: false,
    says: 'Rehearse on now: injected into RehearseRollback',
  },
  {
    // People are asked all the same, and told; here the rollback that they approve fails as well.
    faults: [{ in: 'BackupDatabase' }, { in: 'RollBack' }],
    last: 'Run failed',
    isTakenBack: false,
    says: 'The rollback of 001_create_jobs.sql failed: injected into RollBack',
    told: 'no dump of the data of now could be made: injected into BackupDatabase',
  },
  {
    // Nobody is left who could say why: that is said.
    faults: [{ in: 'BackupDatabase' }, { in: 'FindBlockers' }, { in: 'RollBack' }],
    last: 'Run failed',
    isTakenBack: false,
    says: 'The rollback of 001_create_jobs.sql failed: injected into RollBack',
    told: 'no dump of the data of now could be made: Step 5 was cut off',
  },
  {
    faults: [{ in: 'RequestApproval' }],
    last: 'Run failed',
    isTakenBack: false,
    says: 'Nobody could be asked whether to roll it back: injected into RequestApproval. 001_create_jobs.sql stands',
  },
  {
    // The workflow goes on without the look at the locks, and without the report.
    faults: [{ in: 'FindBlockers' }, { in: 'RollBack' }, { in: 'ReportIncident' }],
    last: 'Run failed',
    isTakenBack: false,
    says: 'The rollback of 001_create_jobs.sql failed: injected into RollBack',
  },
  {
    faults: [{ in: 'RehearseRollback' }, { in: 'CloseRun' }],
    last: 'Close run',
    isTakenBack: false,
    says: 'injected into CloseRun',
  },
  {
    faults: [{ in: 'VerifyRollback' }],
    last: 'Run failed',
    isTakenBack: true,
    says: '001_create_jobs.sql was rolled back, but the schema is not known to be the one from before: injected into VerifyRollback',
  },
];

test('every function that a state of the rollback calls is made to fail', () => {
  const failed = new Set(rows.flatMap(({ faults }) => faults.map((one) => one.in)));

  expect([...failed].sort()).toEqual(functionsCalledBy('migration-rollback'));
});

test('a rollback in which a function fails says what stands, frees the target, and can be asked for again', async () => {
  await withSandbox(async (sandbox) => {
    const options = optionsFor(sandbox, '--approver', 'ada@example.org', '--approver', 'grace@example.org');
    let now: readonly Fault[] = [];
    const intercept = (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const fault = faultFor(now, functionName, payload);
      return fault ? Promise.reject(injected(functionName, fault)) : call();
    };
    await withRuntime(sandbox, { intercept, options, engineClock: hurriedClock() }, async (runtime: Runtime) => {
      const before = await schemaOf(runtime);
      const applied = await startRun(runtime, '001_create_jobs.sql');
      expect(applied.error).toBeNull();
      const standing = await schemaOf(runtime);

      for (const { faults, last, isTakenBack, says, told } of rows) {
        now = faults;
        const end = await startRollback(runtime, { migration: '001', because: 'it is wrong' });
        now = [];

        expect(end).toMatchObject({ isTakenBack: false, error: 'Injected', message: expect.stringContaining(says) });
        expect((await statesOf(runtime, end)).at(-1)).toBe(last);
        expect(await schemaOf(runtime)).toBe(isTakenBack ? before : standing);
        expect(await isTargetFree(runtime)).toBe(true);
        expect(await isBranchGone(runtime, end)).toBe(true);
        if (last === 'Open rollback') continue;
        const asking = await questionsOf(runtime, end.runId);
        expect(asking.filter((mail) => mail.includes('not backed up'))).toHaveLength(told === undefined ? 0 : 2);
        if (told !== undefined)
          for (const mail of asking) expect(mail).toMatch(new RegExp(`${told}.*Two people have to approve it`, 's'));
        expect(await reportOf(runtime, end)).toMatchObject({ outcome: 'failed' });
        expect((await verifyEvidence(runtime.ports.store, end.runId, null)).problems).toEqual([]);
      }
    });
  });
}, 300_000);
