import type { EvidenceDocument } from '#domain/evidence/document';
import type { OtherFolder } from '#domain/folders/others';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { PartialApply } from '#domain/ledger/progress';
import { sha256Of } from '#domain/sha256';
import type { Mail, MailMessage } from '#lambdas/ports/people';
import type { ArtifactStore } from '#lambdas/ports/store';
import { run as openRollback } from '#lambdas/rollback/open-rollback';
import { pinOf } from '#test/support/a-run';
import { ledgerEntry } from '#test/support/documents';
import { fakePorts, memoryMigrations, memoryStore, testSettings } from '#test/support/fake-ports';

const { expected } = testSettings();
const fileName = '002_create_notes.sql';
const text = '-- Purpose: notes\n-- Notes.\nCREATE TABLE notes (note_id uuid CONSTRAINT notes_pkey PRIMARY KEY);\n';

const gooseText = '-- +goose Up\nCREATE TABLE notes (note_id uuid CONSTRAINT notes_pkey PRIMARY KEY);\n';

/** A goose folder whose one file has no way back. */
const goose: OtherFolder = {
  form: 'goose',
  formName: 'goose',
  notes: [],
  migrations: [
    {
      fileName,
      version: '002',
      origin: {
        form: 'goose',
        formName: 'goose',
        name: '002_create_notes',
        previous: null,
        files: [{ role: 'forward', path: fileName, bytes: Buffer.from(gooseText) }],
      },
    },
  ],
};

type Opened = {
  readonly applied: string;
  readonly now: string;
  readonly others?: OtherFolder;
  readonly input?: unknown;
  readonly store?: ArtifactStore;
  /** Who holds the target. */
  readonly heldBy?: string;
  /** Units of the version that stand without its row. */
  readonly progress?: PartialApply;
  readonly mail?: Mail;
  /** Gets what is posted. */
  readonly posted?: string[];
};

const mailTo = (sent: MailMessage[]): Mail => ({
  send: async (message) => {
    sent.push(message);
    return { messageId: message.id, answer: 'accepted' };
  },
});

const partly = { state: 'partly applied', reason: '', by: 'run-1', since: '2026-11-22T07:00:00.000Z' } as const;

const lease = {
  holder: 'ada',
  acquiredAt: '2026-11-22T07:00:00.000Z',
  expiresAt: '2026-11-22T09:00:00.000Z',
  isExpired: false,
};

/** Opens the rollback of a version whose file was applied as `applied` and is now `now`. */
const open = ({ applied, now, others, input, store = memoryStore(), heldBy, progress, ...to }: Opened) => {
  const entry: LedgerEntry = ledgerEntry({ migration: fileName, version: '002', sha256: sha256Of(applied) });
  const names = { branchName: 'staging', isDefault: false, isProtected: false };
  const ports = fakePorts({
    store,
    clock: { now: () => new Date('2026-11-22T08:00:00.000Z') },
    settings: testSettings({ onCall: ['oncall@example.org'] }),
    mail: to.mail ?? mailTo([]),
    chat: {
      post: async (words) => {
        to.posted?.push(words);
        return [];
      },
    },
    migrations: { ...memoryMigrations({ [fileName]: now }), readOthers: async () => others ?? null },
    platform: {
      describeTarget: async () => ({ platform: 'neon', ...expected, ...names, storageLimitBytes: null }),
    },
    database: {
      readMark: async () => ({ environment: 'staging', ...expected, markedBy: 'owner', markedAt: '2026-11-22' }),
      readTargetState: async () => ({
        ledger: progress ? [] : [entry],
        others: progress ? [{ ...entry, state: partly, progress }] : [],
        lease: heldBy === undefined ? null : { ...lease, runId: heldBy },
      }),
      requireFreeTarget: async () => undefined,
      readToolTables: async () => [],
    },
  });
  const execution = { id: 'arn', name: 'rollback-1', startedAt: '2026-11-22T08:00:00.000Z' };
  return openRollback({ input: input ?? { migration: '002', startedBy: 'bob@example.org' }, execution }, ports);
};

test('a migration without a way back is refused with what remains, before anything is rehearsed', async () => {
  await expect(open({ applied: gooseText, now: gooseText, others: goose })).rejects.toMatchObject({
    name: 'MigrationRefused',
    message: expect.stringMatching(
      /^002_create_notes\.sql has no way back, so nothing can be rolled back; it stands as it did\. .*\. What remains: leave it standing, and undo it in a new migration/,
    ),
  });
});

test('a file that is not the one that was applied is not taken for it', async () => {
  await expect(open({ applied: text, now: `${text}-- ROLLBACK\n--   DROP TABLE notes;\n` })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringContaining(`holds bytes whose sha256 is ${sha256Of(text)}`),
  });
});

describe('asked for by the run that has failed', () => {
  const undoable = `${text}-- ROLLBACK\n--   DROP TABLE notes;\n`;
  const failure = { state: 'Step 16: Monitor', error: 'MonitoringAlarm', cause: 'it rang', committed: true };
  const files = { applied: undoable, now: undoable };

  const arrange = async (more: Readonly<Record<string, object>> = {}) => {
    const run = await pinOf(fileName, undoable, { author: 'eve@example.org' });
    const store = memoryStore();
    for (const [key, value] of Object.entries({ 'run.json': run, ...more }))
      await store.write(`runs/${run.runId}/${key}`, JSON.stringify(value));
    await store.write(`runs/${run.runId}/migration.sql`, undoable);
    return { run, store, input: { migration: run.runId, failedRun: { run, failure } } };
  };

  test('its starter and author are kept from approving, and its failure is why', async () => {
    const { run, ...asked } = await arrange();
    const opened = await open({ ...files, ...asked, heldBy: run.runId });

    expect(opened.failure).toEqual(failure);
    expect(opened.run).toMatchObject({
      runId: 'rollback-1',
      startedBy: 'bob@example.org',
      author: 'eve@example.org',
      rollback: { because: 'it rang', failedRun: { runId: run.runId, failure } },
    });
  });

  test('whoever is going to be asked, and the channel, are told at once; the mail decides nothing and has one id', async () => {
    const sent: MailMessage[] = [];
    const posted: string[] = [];
    const { run, ...asked } = await arrange();
    await open({ ...files, ...asked, heldBy: run.runId, mail: mailTo(sent), posted });
    const again: MailMessage[] = [];
    const { store, input } = await arrange();
    await open({ ...files, store, input, heldBy: run.runId, mail: mailTo(again) });

    expect(sent.map(({ to }) => to)).toEqual([...testSettings().approvers.rollback, 'oncall@example.org']);
    for (const { subject, text: said } of sent) {
      expect(subject).toContain('its rollback is being rehearsed, a question follows');
      expect(said).toContain('Step 16: Monitor: MonitoringAlarm: it rang');
      expect(said).toContain(`${fileName} is committed and stands`);
      expect(said).toContain('docs/operations.md#roll-back');
      expect(said).not.toMatch(/\/approvals\/|Code:/);
    }
    expect(posted).toEqual([expect.stringContaining('it rang')]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
    expect(again.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  });

  test('a mail that cannot be sent stops nothing, and is said without secrets', async () => {
    const send = async () => {
      throw new Error('535 rejected: password=hunter2');
    };
    const { run, ...asked } = await arrange();
    await open({ ...files, ...asked, heldBy: run.runId, mail: { send } });

    const text = Buffer.from((await asked.store.read('runs/rollback-1/open-rollback.json')) ?? '').toString();
    const { findings, error } = JSON.parse(text) as EvidenceDocument;
    expect(error).toBeNull();
    expect(findings).toMatchObject([
      {
        rule: 'notice-not-sent',
        message: expect.stringMatching(/did not reach .*oncall@example\.org \(535 rejected: password=…\)/),
      },
    ]);
    expect(text).not.toContain('hunter2');
  });

  test('a person who asks is not told what they know', async () => {
    const sent: MailMessage[] = [];
    await open({ ...files, mail: mailTo(sent) });

    expect(sent).toEqual([]);
  });

  test('what stands of it in part can be taken back, and only by itself', async () => {
    const { run, ...asked } = await arrange();
    const progress = { version: '002', runId: run.runId, units: 3, committed: ['1 of 3'] };
    const opened = await open({ ...files, ...asked, progress });

    expect(opened.run.rollback?.versions).toMatchObject([{ version: '002', runId: run.runId, isPartial: true }]);
    await expect(open({ ...files, store: asked.store, progress })).rejects.toMatchObject({ name: 'MigrationRefused' });
  });

  test('a run that has ended, or whose pin is another, asks for nothing', async () => {
    const closing = { error: null, facts: { closing: { error: 'Closed', cause: 'It was closed.' } } };
    const { run, ...asked } = await arrange({ 'close-run.json': closing });
    const { input, store } = await arrange();
    await store.write(`runs/${run.runId}/run.json`, JSON.stringify({ ...run, startedBy: 'eve@example.org' }));

    await expect(open({ ...files, ...asked })).rejects.toMatchObject({
      name: 'MigrationRefused',
      message: expect.stringContaining('has ended'),
    });
    await expect(open({ ...files, input, store })).rejects.toMatchObject({ name: 'ApprovalInvalid' });
  });

  test('while its run goes on, nobody else may ask', async () => {
    const { run, store } = await arrange();

    await expect(open({ ...files, heldBy: run.runId, store })).rejects.toMatchObject({
      name: 'TargetIsBusy',
    });
  });
});
