/** A run that has come to an approval: pinned, reviewed, and about to ask. Everything in memory. */

import type { Stage } from '#domain/approvals/stages';
import type { BoxAnswer, EvidenceDocument, EvidenceRef } from '#domain/evidence/document';
import { run as decide } from '#lambdas/approvals/decide';
import { run as request } from '#lambdas/approvals/request';
import { run as show } from '#lambdas/approvals/show';
import type { BoxId } from '#lambdas/checklist';
import type { MailMessage } from '#lambdas/ports/people';
import type { Settings } from '#lambdas/ports/ports';
import { writeJson } from '#lambdas/record/json';
import { pinnedKeys } from '#lambdas/record/keys';
import type { RequestApprovalInput, RunPin } from '#statemachine/contract';
import { pinOf } from './a-run';
import {
  fakeClock,
  fakePorts,
  memoryStore,
  recordingCallback,
  recordingMail,
  testSecrets,
  testSettings,
  testSigning,
} from './fake-ports';

export const migrationName = '002_create_notes.sql';

export const migrationText = `-- Purpose: notes, <b>shown</b> as text
CREATE TABLE notes (note_id uuid CONSTRAINT notes_pkey PRIMARY KEY);

-- ROLLBACK
--   DROP TABLE IF EXISTS notes;
`;

/** Long, as Step Functions makes them, and easy to look for. */
export const taskToken = `TASK-TOKEN-${'x'.repeat(600)}`;

const document = (
  runId: string,
  name: string,
  previous: readonly EvidenceRef[],
  differing: Partial<EvidenceDocument>,
): EvidenceDocument => ({
  format: 1,
  runId,
  name,
  title: name,
  startedAt: '2026-11-22T08:00:00.000Z',
  finishedAt: '2026-11-22T08:00:01.000Z',
  previous: previous.map(({ sha256 }) => sha256),
  boxes: [],
  findings: [],
  error: null,
  facts: {},
  ...differing,
});

const answer = (box: BoxId, given: BoxAnswer['answer'], reason: string): BoxAnswer => ({ box, answer: given, reason });

export type WaitingRunOptions = {
  readonly stage?: Stage;
  readonly startedBy?: string;
  readonly approvers?: readonly string[];
  readonly failure?: RequestApprovalInput['failure'];
  readonly settings?: Partial<Settings>;
};

const pinStartedBy = (startedBy: string): Promise<RunPin> =>
  pinOf(migrationName, migrationText, {
    target: { projectId: 'project-1', branchId: 'branch-staging', database: 'app' },
    startedBy,
    monitorSeconds: 2,
  });

export const waitingRun = async ({
  stage = 'review',
  startedBy = 'starter@example.org',
  approvers = ['ada@example.org'],
  failure,
  settings = {},
}: WaitingRunOptions = {}) => {
  const [store, clock, mail, callback] = [memoryStore(), fakeClock(), recordingMail(), recordingCallback()];
  const ports = fakePorts({
    store,
    clock,
    mail,
    callback,
    secrets: testSecrets,
    signing: testSigning,
    settings: testSettings({ approvers: { review: approvers, apply: approvers, rollback: approvers }, ...settings }),
  });
  const run = await pinStartedBy(startedBy);
  const keys = pinnedKeys(run.runId);
  await store.write(keys.migration, migrationText);
  await writeJson(store, keys.run, run);
  const write = (name: string, previous: readonly EvidenceRef[], differing: Partial<EvidenceDocument> = {}) =>
    writeJson(store, `runs/${run.runId}/${name}.json`, document(run.runId, name, previous, differing));
  const opened = await write('00-open-run', []);
  const reviewed = await write('01-code-review', [opened], {
    title: 'Step 1: Code review',
    boxes: [
      answer('1.1', 'open', 'no pull request was named'),
      answer('1.3', 'proved', '2 statements were parsed'),
      answer('1.5', 'failed', 'one statement has <no> comment'),
    ],
    findings: [{ rule: 'key-not-named', message: 'a key has no name', line: 2 }],
  });
  const validated = await write('02-schema-validation', [opened], {
    title: 'Step 2: Schema validation',
    boxes: [answer('2.1', 'open', 'a person compares')],
  });
  const input: RequestApprovalInput = {
    run,
    stage,
    taskToken,
    previous: [reviewed, validated],
    ...(failure && { failure }),
  };
  /** Evidence that the question was not asked for at first. */
  const writeAnother = () => write('03-impact-analysis', [opened]);
  return { store, clock, mail, callback, ports, run, input, writeAnother, ask: () => request(input, ports) };
};

export type WaitingRun = Awaited<ReturnType<typeof waitingRun>>;

/** Link and code as a person finds them in the mail. */
export const readMail = (
  mail: Pick<MailMessage, 'text'> | undefined,
): { readonly path: string; readonly code: string } => {
  const address = /http:\/\/\S+/.exec(mail?.text ?? '')?.[0];
  const code = /^Code: (\S+)$/m.exec(mail?.text ?? '')?.[1];
  if (!address || !code) throw new Error(`no link or no code in the mail: ${mail?.text ?? 'there is none'}`);
  return { path: new URL(address).pathname, code };
};

/** The run with its question asked, and the first approver's mail opened. */
export const askedRun = async (options: WaitingRunOptions = {}) => {
  const waiting = await waitingRun(options);
  await waiting.ask();
  const mails = waiting.mail.delivered.map((mail) => readMail(mail));
  const [first] = mails;
  if (!first) throw new Error('no mail was sent');
  const get = (path = first.path) => show({ method: 'GET', path, form: {} }, waiting.ports);
  const post = (form: Readonly<Record<string, string>>, path = first.path) =>
    decide({ method: 'POST', path, form }, waiting.ports);
  return { ...waiting, ...first, mails, get, post };
};

/** A form that is complete for the stage review. */
export const approvalOf = (code: string): Readonly<Record<string, string>> => ({
  code,
  choice: 'approve',
  reason: 'read and found good',
  'attest-1.1': 'yes',
  'attest-2.1': 'yes',
  'attest-3.3': 'yes',
  'because-3.3': 'the shop, says its team',
  'accept-1.5': 'yes',
  'because-1.5': 'its name says it',
});

/** The same for the stage apply, where what nobody was asked about at the review is accepted. */
export const applyApprovalOf = (code: string): Readonly<Record<string, string>> => ({
  ...approvalOf(code),
  'attest-6.3': 'yes',
  'accept-1.1': 'yes',
  'accept-2.1': 'yes',
});

/** A code of the right form that is not this one. */
export const otherCode = (code: string): string => (code.startsWith('A') ? `C${code.slice(1)}` : `A${code.slice(1)}`);

/** Everything the store holds of decisions. */
export const decisionsIn = ({ store }: Pick<WaitingRun, 'store'>): readonly string[] =>
  Object.keys(store.texts()).filter((key) => /\.decision-.*\.json$|\/approve-/.test(key));
