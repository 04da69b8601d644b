/** Hostile words through everything that writes for a person: each is quoted, and none is more than that. */
import { nameWidthOf, resultLines } from '#commands/rehearse/report';
import { describeEnd, openProgress } from '#commands/run/progress';
import { renderApprovalPage, renderDecidedPage, type ShownRun } from '#domain/approvals/approval-page';
import { emptyEntry } from '#domain/approvals/decision-form';
import { renderIncidentMail } from '#domain/approvals/incident-mail';
import { renderApprovalMail } from '#domain/approvals/mail-text';
import type { ApprovalDecision, ApprovalRequest } from '#domain/approvals/request';
import type { ImpactFacts } from '#domain/boxes/03-impact-analysis';
import { renderSchemaPage } from '#domain/catalog/schema-page';
import type { EvidenceDocument } from '#domain/evidence/document';
import { proposeCorrection } from '#domain/reports/correction';
import { addDecision } from '#domain/reports/decision-entry';
import { renderHtmlReport } from '#domain/reports/html-report';
import { renderIncident } from '#domain/reports/incident';
import { renderMarkdownReport } from '#domain/reports/markdown';
import { renderReminder } from '#domain/reports/post-mortem';
import { addRollback } from '#domain/reports/rollback-entry';
import { renderTeamMessage } from '#domain/reports/team-message';
import { chatLine, mailLine } from '#domain/text/lines';
import { printJson, visible } from '#domain/text/visible';
import type { RehearsalResult } from '#local/rehearsal/result';
import { evidencePage } from '#local/web/evidence-page';
import { mailboxPage, mailPage } from '#local/web/mailbox-pages';
import { runFragment, runPage } from '#local/web/run-page';
import { answer, document, stored } from '#test/support/documents';
import { fillIn, foreign, hostileTexts } from '#test/support/hostile';
import { rehearsalDocuments } from '#test/support/rehearsed';
import { catalogOf, column, comment, foreignKey, index, primaryKey, table } from '../catalog/objects';
import { report } from '../reports/a-report';

const finding = { rule: 'name-not-snake-case', line: 4, message: `"${foreign}" is not snake_case` };

const one = <T>(item: T) => ({ count: 2, first: [item] });

const dependentsFacts = {
  dependents: {
    changed: one(`table ${foreign}`),
    privileges: one({ on: foreign, role: foreign, privileges: [foreign] }),
    members: one({ role: foreign, members: one(foreign) }),
    everywhere: one({ role: foreign, because: foreign }),
    dependents: one({ what: foreign, on: foreign }),
    unreadLines: [4],
  },
  sessions: {
    at: '2026-11-22T08:00:00.000Z',
    askedBy: foreign,
    own: 1,
    groups: one({ application: foreign, role: foreign, count: 2, since: null }),
  },
} satisfies Pick<ImpactFacts, 'dependents' | 'sessions'>;

const documents = (): readonly EvidenceDocument[] => [
  document('02-schema-validation', {
    boxes: [answer('2.2', 'failed', `line 4: ${foreign}`), answer('2.1', 'open', foreign)],
    findings: [finding, { ...finding, line: null }],
    facts: { names: [foreign], [foreign]: foreign },
    error: { name: 'StatementFailed', message: foreign },
  }),
  document('03-impact-analysis', { facts: dependentsFacts }),
  ...(JSON.parse(JSON.stringify(rehearsalDocuments).replaceAll('jobs', foreign)) as readonly EvidenceDocument[]),
  document('approve-apply', {
    boxes: [answer('6.3', 'attested', foreign)],
    facts: { stage: 'apply', decision: 'approved', by: foreign, at: '2026-11-22T08:30:00.000Z', reason: foreign },
  }),
];

const run: ShownRun = {
  runId: 'run-1',
  migration: `001_${foreign}.sql`,
  target: { projectId: foreign, branchId: foreign, database: foreign },
  startedBy: foreign,
  startedAt: '2026-11-22T08:00:00.000Z',
  pullRequest: foreign,
};

const request: ApprovalRequest = {
  format: 2,
  exceptions: [{ box: '1.5', answer: 'failed', found: foreign }],
  approvalsNeeded: 2,
  runId: 'run-1',
  stage: 'review',
  run: {
    ...run,
    version: '001',
    description: foreign,
    sha256: 's',
    rollbackSha256: 'r',
    checksSha256: null,
    approvalTimeoutSeconds: 3600,
    monitorSeconds: 60,
  },
  requestedAt: '2026-11-22T08:00:00.000Z',
  expiresAt: '2026-11-23T08:00:00.000Z',
  binding: 'b',
  evidence: [],
  attestations: ['2.1'],
  approvers: [],
  failure: { state: 'Step 8: Apply migration', error: foreign, cause: foreign },
};

const decision: ApprovalDecision = {
  format: 2,
  because: { '1.5': foreign },
  runId: 'run-1',
  stage: 'review',
  decision: 'approved',
  by: foreign,
  at: '2026-11-22T08:00:00.000Z',
  reason: foreign,
  attested: ['2.1'],
  binding: 'b',
  request: { key: 'runs/run-1/approvals/review.json', sha256: 'r' },
};

const theReport = (words: string) =>
  fillIn(
    {
      ...report({
        purpose: foreign,
        cause: foreign,
        outcome: 'failed',
        wrongCodes: { count: 2, first: [{ stage: 'apply', approver: foreign, at: '2026-11-22T08:00:00.000Z' }] },
        resentLinks: {
          count: 2,
          first: [{ stage: 'apply', approver: foreign, by: foreign, at: '2026-11-22T08:00:00.000Z' }],
        },
        documents: documents().map((one) => ({ ...stored(one.name, []), document: one })),
      }),
      migration: foreign,
      startedBy: foreign,
      testsToAdd: [`-- test: ${foreign}\nINSERT INTO t VALUES ('${foreign}');`],
    },
    words,
  );

const ours = 'https://pages.example.org/approvals/the-link';

const mails: Readonly<Record<string, (words: string) => string>> = {
  'the mail that asks': (words) => {
    const { subject, text } = renderApprovalMail({
      decisionKey: 'f'.repeat(64),
      request: fillIn(request, words),
      run: fillIn(run, words),
      documents: fillIn(documents(), words),
      pageUrl: ours,
      runUrl: ours,
      code: 'ABCDEFGH',
    });
    return `${subject}\n${text}`;
  },
  'the mail of an incident': (words) => {
    const { subject, text } = renderIncidentMail({
      run: fillIn(run, words),
      stages: ['apply'],
      found: [words, `${words} is not believed`],
      ended: words,
      runUrl: ours,
    });
    return `${subject}\n${text}`;
  },
  'the reminder of a post-mortem': (words) => {
    const { subject, text } = renderReminder(
      {
        runId: 'run-1',
        migration: words,
        at: run.startedAt,
        document: words,
        where: 'ops/postmortems/one.md',
        runUrl: ours,
        people: [],
        reminders: [],
        end: null,
      },
      { day: 2, isLast: false, unclear: words },
    );
    return `${subject}\n${text}`;
  },
  'the message to the team': (words) => {
    const { subject, text } = teamMessage(words, mailLine);
    return `${subject}\n${text}`;
  },
};

const teamMessage = (words: string, line: typeof mailLine) =>
  renderTeamMessage(
    fillIn(
      {
        migration: foreign,
        purpose: foreign,
        durationMs: 1,
        appliedBy: foreign,
        monitorSeconds: 10,
        reportUrl: ours,
        answers: [answer('1.1', 'failed', foreign)],
      },
      words,
    ),
    line,
  );

const chats: Readonly<Record<string, (words: string) => string>> = {
  'the message to a channel': (words) => {
    const { subject, text } = teamMessage(words, chatLine);
    return `${subject}\n${text}`;
  },
};

const schema = (name: string) =>
  catalogOf(
    table(`public."${name.replaceAll('"', '""')}"`),
    comment(`table public."${name.replaceAll('"', '""')}"`, name),
    table('public.other'),
    column('public.other.x', 1, { type: name, default: name }),
    primaryKey('public.other', name),
    foreignKey('public.other.fk', name, 'public.other', name),
    index('public.i', 'public.other', name),
  );

const markdowns: Readonly<Record<string, (words: string) => string>> = {
  'the report': (words) => renderMarkdownReport(theReport(words)),
  'the decision log': (words) =>
    addDecision(
      null,
      fillIn(
        {
          runId: 'run-1',
          version: '001',
          migration: foreign,
          appliedAt: '2026-11-22T08:00:00.000Z',
          appliedBy: foreign,
          purpose: foreign,
          durationMs: 1,
          database: foreign,
          rollbackTest: { answer: 'failed' as const, reason: foreign },
        },
        words,
      ),
    ),
  'the incident report': (words) =>
    renderIncident(
      fillIn(
        {
          runId: 'run-1',
          migration: foreign,
          version: '001',
          at: '2026-11-22T08:00:00.000Z',
          startedBy: foreign,
          database: foreign,
          failure: { state: 'Step 9', error: foreign, cause: foreign },
          committedInPart: foreign,
          rollback: { outcome: 'failed' as const, cause: foreign },
          takenBack: null,
          timeline: [{ at: '2026-11-22T08:00:00.000Z', what: foreign }],
          users: { state: 'not measured' as const, why: foreign },
        },
        words,
      ),
    ),
  'the incident report with what comes next': (words) =>
    renderIncident({
      ...fillIn(
        {
          runId: 'run-1',
          migration: foreign,
          version: '001',
          startedBy: foreign,
          at: '2026-11-22T08:00:00.000Z',
          database: foreign,
          failure: { state: 'A person', error: foreign, cause: foreign },
          rollback: { outcome: 'rolled back' as const },
          takenBack: { at: '2026-11-22T08:00:00.000Z', by: foreign, compared: foreign },
          takenBackWith: [foreign],
          lost: foreign,
          timeline: [],
          users: {
            ...{ state: 'measured' as const, from: foreign, until: foreign, samples: 1 },
            ...{ mostConnections: 1, mostLockWaits: 1 },
            alarming: [{ metric: foreign, limit: foreign, values: foreign, from: foreign, until: foreign }],
          },
        },
        words,
      ),
      committedInPart: null,
      correction: proposeCorrection({
        ...fillIn({ migration: foreign, description: foreign, purpose: foreign, because: foreign }, words),
        used: ['001'],
        at: '2026-11-22T08:00:00.000Z',
        isTakenBack: true,
      }),
    }),
  'the entry of a rollback': (words) =>
    addRollback(
      null,
      fillIn(
        {
          runId: 'run-1',
          version: '001',
          migration: foreign,
          with: [foreign],
          database: foreign,
          at: '2026-11-22T08:00:00.000Z',
          by: foreign,
          because: foreign,
          compared: foreign,
          lost: foreign,
          report: foreign,
        },
        words,
      ),
    ),
  'the schema page': (words) => renderSchemaPage(schema(words), { title: words, version: '001' }),
};

const pages: Readonly<Record<string, (words: string) => string>> = {
  'the approval page': (words) =>
    renderApprovalPage({
      request: fillIn(request, words),
      decisions: [fillIn(decision, words)],
      run: fillIn(run, words),
      approver: words,
      sql: words,
      rollbackSql: words,
      documents: fillIn(documents(), words),
      strange: [words],
      labelOf: (box) => box,
      entry: { ...emptyEntry, reason: words, code: words },
      problems: [{ field: 'reason', message: words }],
    }),
  'the page of a decision': (words) =>
    renderDecidedPage(fillIn(run, words), decision, fillIn(decision, words), [fillIn(decision, words)], [words]),
  'the report': (words) => renderHtmlReport(theReport(words)),
  'a document': (words) => evidencePage('runs/run-1/x.json', JSON.stringify({ words })),
  'a mail': (words) => mailPage({ file: 'a.eml', receivedAt: '2026-11-22T08:00:00.000Z', mail: mail(words) }),
  'the mailbox': (words) => mailboxPage([{ file: 'a.eml', receivedAt: '2026-11-22T08:00:00.000Z', mail: mail(words) }]),
  'the page of a run': (words) =>
    runPage(
      'run-1',
      runFragment(
        {
          executionArn: '',
          name: 'run-1',
          status: 'FAILED',
          startDate: new Date(0),
          stopDate: new Date(1),
          error: words,
          cause: words,
        },
        [
          {
            name: 'Approve review',
            progress: {
              name: 'Approve review',
              standing: 'waiting',
              enteredAt: '2026-11-22T08:00:00.000Z',
              durationMs: null,
              error: words,
              remark: words,
              retries: 0,
            },
            evidence: null,
            asked: { approvers: [words], expiresAt: '2026-11-22T08:00:00.000Z' },
            watched: words,
            startedRun: null,
            wrongCodes: [{ stage: 'review', approver: words, at: '2026-11-22T08:00:00.000Z' }],
            resentLinks: [{ stage: 'review', approver: words, by: words, at: '2026-11-22T08:00:00.000Z' }],
          },
        ],
        true,
        [words],
      ),
    ),
};

const mail = (words: string) => ({ subject: words, to: words, date: words, text: words });

const result = (words: string): RehearsalResult => ({
  migration: words,
  up: 'error',
  rollback: 'differs',
  differences: [words],
  losses: [],
  restoringSql: [words],
  wayBack: null,
  statements: 1,
  durationMs: 1,
  error: { phase: 'up', file: words, line: 1, message: words, sqlState: null } as never,
  notes: [words],
});

const event = { executionArn: 'arn:1', name: 'run-1', at: '2026-11-22T08:00:00.000Z', replayed: false } as const;

test('the pull request is a link where it is an address, and words where it is not', () => {
  const pageOf = (pullRequest: string) => renderDecidedPage({ ...run, pullRequest }, decision, decision, [], []);

  expect(pageOf('https://e.test/pull/7')).toContain('<a href="https://e.test/pull/7" rel="noopener noreferrer">');
  expect(pageOf('https://e.test/"onclick="x')).toContain('<a href="https://e.test/%22onclick=%22x" rel=');
  for (const text of ['javascript:alert(1)', 'http://e.test/7', 'data:text/html,x', 'see the mail'])
    expect(pageOf(text)).not.toContain(`<a href="${text.slice(0, 4)}`);
});

/** As the commands hand them to `say`, which lets no control character through. */
const terminals: Readonly<Record<string, (words: string) => string>> = {
  'the progress': (words) =>
    (['StateFailed', 'StateAborted', 'TaskRetried'] as const)
      .map((kind) =>
        openProgress({ pageBaseUrl: 'http://127.0.0.1:4600', isTerminal: false, approvalTimeoutSeconds: 60 })({
          ...event,
          kind,
          state: 'Step 6: Dry run',
          cause: words,
          error: 'E',
        }),
      )
      .join('\n'),
  'the end of a run': (words) =>
    describeEnd(
      { isSignedOff: false, migration: '001_a.sql', message: words, runId: 'run-1', signOffSha256: null },
      null,
      { out: 'out', store: 'store' },
    ),
  'a rehearsal': (words) => resultLines(result(words), nameWidthOf(['001_a.sql'])),
};

// Written out, so that the test does not share the product's idea of what is hidden.
const unseen = new RegExp(
  [
    ...[
      '[\\0-\\x08]',
      '[\\x0b-\\x1f]',
      '[\\x7f-\\x9f]',
      '\\xad',
      '\\u034f',
      '\\u061c',
      '\\u180e',
      '\\u200b',
      '\\u200c',
    ],
    ...[
      '\\u200e',
      '\\u200f',
      '[\\u2028-\\u202e]',
      '[\\u2060-\\u2064]',
      '[\\u2066-\\u206f]',
      '\\u2800',
      '\\u3164',
      '\\ufeff',
    ],
    ...[
      '[\\ud800-\\udbff](?![\\udc00-\\udfff])',
      '(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
      '\\udb40[\\udc00-\\udfff]',
    ],
  ].join('|'),
);

const cases = (renderers: Readonly<Record<string, (words: string) => string>>) =>
  Object.entries(renderers).flatMap(([of, render]) =>
    hostileTexts.map(([what, text]) => [what, of, text, render] as const),
  );

const linesOf = (text: string) => text.split('\n');
const starts = (text: string) => linesOf(text).map((line) => line.slice(0, 2));

/** What Markdown takes a line for. */
const kinds = (text: string) =>
  linesOf(text).map((line) => /^(?:#+ |\||[-+*>=~<]|`{3}| {4}|\d+[.)] |$)/.exec(line)?.[0] ?? 'words');

test('who depends on the tables is on the page, in the mail and in every form of the report', () => {
  const said = [
    mails['the mail that asks'],
    pages['the approval page'],
    pages['the report'],
    markdowns['the report'],
    (words: string) => printJson(theReport(words)),
  ].map((render) => render?.('orders-api') ?? '');

  expect(said[0]).toMatch(/^Depends on it: .*orders-api/m);
  for (const page of said.slice(1, 4))
    expect(page).toMatch(/Who depends on it[\s\S]*Sessions on the target[\s\S]*orders-api/);
  expect(JSON.parse(said[4] ?? '').dependents.sessions.groups.first[0]).toMatchObject({ application: 'orders-api' });
});

test('there are renderers of every medium, and texts for them', () => {
  expect([mails, chats, markdowns, pages, terminals].map((renderers) => Object.keys(renderers).length)).toEqual([
    ...[4, 1, 6, 7, 3],
  ]);
  expect(hostileTexts.length).toBeGreaterThan(15);
});

test.each(cases(mails))('%s stays in its line of %s, and no link and no code is added', (_, __, text, render) => {
  const written = render(text);

  expect(starts(written)).toEqual(starts(render('harmless')));
  expect(written.match(/https?:\/\/\S+/g)).toEqual([ours]);
  expect(written.match(/^Code: .*$/gm)).toEqual(render('harmless').match(/^Code: .*$/gm));
  expect(written).not.toMatch(unseen);
  expect(written.length).toBeLessThan(10_000);
});

test.each(cases(chats))('%s stays in its line of %s, and calls nobody', (_, __, text, render) => {
  const written = render(text);

  expect(starts(written)).toEqual(starts(render('harmless')));
  expect(written).not.toMatch(/[<>]|(?<!\w)@|\]\(/);
  expect(written.match(/https?:\/\/\S+/g)).toEqual([ours]);
  expect(written).not.toMatch(unseen);
});

/** What Markdown reads as words: without blocks of code, and without code in a line. */
const withoutCode = (source: string) =>
  source
    .replaceAll(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, 'block')
    .replaceAll(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, 'code');

test.each(cases(markdowns))('%s is words in %s', (_, __, text, render) => {
  const written = render(text);
  const words = withoutCode(written).replace(/^<!-- (run|rolled back by) run-1 -->$/m, '');

  expect(kinds(words)).toEqual(
    kinds(withoutCode(render('harmless')).replace(/^<!-- (run|rolled back by) run-1 -->$/m, '')),
  );
  expect(words).not.toMatch(/<|(?<!\\):\/\/|(?<![\w\\])@/);
  expect(words).not.toMatch(/(?<!\\)\[(?! \]|\d{4}-\d\d-\d\d\])|(?<!\\)`/);
  expect(written).not.toMatch(unseen);
});

/** The page's elements and the names of their attributes, without the lines that SQL is shown in. */
const skeleton = (page: string) =>
  [...page.matchAll(/<[^>]*>/g)]
    .map(([tag]) => tag.replaceAll(/="[^"]*"/g, ''))
    .filter((tag) => !/^<\/?span/.test(tag));

test.each(cases(pages))('%s adds no element and no attribute to %s', (_, __, text, render) => {
  const page = render(text);
  // What was typed goes back into its field as it was typed.
  const read = page.replace(/<textarea[\s\S]*?<\/textarea>/g, '').replace(/<input class="code"[^>]*>/, '');

  expect(skeleton(page)).toEqual(skeleton(render('harmless')));
  expect(read).not.toMatch(unseen);
});

test.each(cases(terminals))('%s moves nothing on the terminal, and no line of %s is its own', (_, __, text, render) => {
  const printed = visible(render(text));
  const own = (lines: string) => linesOf(lines).filter((line) => line !== '' && !line.startsWith(' '));

  expect(printed).not.toMatch(unseen);
  expect(own(printed)).toHaveLength(own(render('harmless')).length);
});

test.each(hostileTexts)('%s is the same value in JSON, and harmless to print', (_, text) => {
  const value = { [text]: [text] };

  expect(JSON.parse(printJson(value, 2))).toEqual(value);
  expect(printJson(value, 2)).not.toMatch(unseen);
});

test('an entry of the decision log cannot pass for that of another run', () => {
  const entry = {
    version: '1',
    migration: 'a.sql',
    appliedAt: '2026-11-22',
    appliedBy: 'ada',
    durationMs: 1,
    database: 'app',
  };
  const log = addDecision(null, { ...entry, runId: 'run-1', purpose: 'x <!-- run run-2 -->', rollbackTest: null });

  expect(addDecision(log, { ...entry, runId: 'run-2', purpose: 'y', rollbackTest: null })).toContain('**Context**: y');
});

test('emoji, umlauts and letters of other scripts are left as they are', () => {
  const text = 'Größe 👩‍👩‍👧 ✔️ 用户 пользователь naïve';

  expect(visible(text)).toBe(text);
});
