import { codeReview, refusalsOfCode } from '#domain/boxes/01-code-review';
import type { PullRequestFacts } from '#domain/migration/pull-request-facts';
import { answerOf } from '#test/support/judged';
import { ledgerEntry, subjectOf } from '#test/support/review-subject';

type Subject = Awaited<ReturnType<typeof subjectOf>>;

const box = (id: '1.1' | '1.2' | '1.3', subject: Subject, pullRequest: string | null = null) =>
  answerOf(codeReview, id, { ...subject, pullRequest });

const applied = (...migrations: readonly string[]) => ({ ledger: migrations.map(ledgerEntry) });

test('the first migration of a database has no version below it', async () => {
  const subject = await subjectOf('SELECT 1;');

  expect(box('1.2', subject)).toMatchObject({
    answer: 'proved',
    reason: '005_example.sql: version 005, the first on this database',
    facts: { head: null },
  });
  expect(refusalsOfCode(subject)).toEqual([]);
});

test('a version above the last one applied is the next one, whatever the order of the ledger', async () => {
  for (const ledger of [applied('003_a.sql', '004_b.sql'), applied('004_b.sql', '003_a.sql')]) {
    const subject = await subjectOf('SELECT 1;', 'SELECT 1;', ledger);

    expect(box('1.2', subject)).toMatchObject({
      answer: 'proved',
      reason: '005_example.sql: version 005, above 4, the last one applied',
      facts: { head: '4' },
    });
    expect(refusalsOfCode(subject)).toEqual([]);
  }
});

test.each(['005_same.sql', '006_later.sql'])('a version that is not above %s is refused', async (last) => {
  const subject = await subjectOf('SELECT 1;', 'SELECT 1;', applied('001_first.sql', last));

  const message = `005_example.sql has version 005, but version ${Number(last.slice(0, 3))} was applied already; expected a higher one. Rename the file`;
  expect(box('1.2', subject)).toMatchObject({ answer: 'failed', reason: message });
  expect(refusalsOfCode(subject)).toEqual([{ rule: 'version-out-of-order', line: null, message }]);
});

test('whether there is a pull request stays open, and without one nobody can attest to it', async () => {
  const subject = await subjectOf('SELECT 1;');

  expect(box('1.1', subject)).toMatchObject({
    answer: 'open',
    reason: expect.stringMatching(/^the run names no pull request, so nobody can say/),
    facts: { pullRequest: null },
  });
  expect(box('1.1', subject, 'https://example.org/pull/7')).toMatchObject({
    answer: 'open',
    reason: expect.stringMatching(
      /^the run names https:\/\/example\.org\/pull\/7; .* attests that the change is in it$/,
    ),
    facts: { pullRequest: 'https://example.org/pull/7' },
  });
});

test('the parsed statements are counted, those of the rollback apart', async () => {
  const subject = await subjectOf('SELECT 1;\nSELECT 2;', 'SELECT 3;');

  expect(box('1.3', subject)?.reason).toBe("PostgreSQL's parser accepts 2 statements and 1 statement of the rollback");
});

const address = 'https://github.com/acme/shop/pull/7';
const sha256 = 'c'.repeat(64);
const head = 'a'.repeat(40);

const inPullRequest = async (changes: Partial<PullRequestFacts> | { readonly notAsked: string }) => {
  const subject = await subjectOf('SELECT 1;');
  const asked = {
    state: 'open',
    author: 'ada',
    authorAddresses: [],
    headSha: head,
    reviews: [],
    files: [{ path: 'db/005_example.sql', sha256 }],
    ...changes,
  } as PullRequestFacts;
  const codeHost = { sha256, asked: 'notAsked' in changes ? changes : asked };
  return answerOf(codeReview, '1.1', { ...subject, pullRequest: address, codeHost });
};

test('a pull request that contains the file with the same hash proves that the change is in it', async () => {
  expect(await inPullRequest({})).toMatchObject({
    answer: 'proved',
    reason: `${address} (open, by ada, at aaaaaaaaaaaa) contains db/005_example.sql with the sha256 of this run; nobody has approved it there`,
  });
  const reviews = [
    { by: 'bob', state: 'APPROVED', isOfHead: true },
    { by: 'carol', state: 'APPROVED', isOfHead: false },
    { by: 'dan', state: 'CHANGES_REQUESTED', isOfHead: true },
  ];
  expect(await inPullRequest({ state: 'merged', reviews })).toMatchObject({
    answer: 'proved',
    reason: expect.stringMatching(/; approved there by bob, carol \(an earlier commit\)$/),
    facts: { reviews },
  });
});

test.each<[string, Partial<PullRequestFacts>, RegExp]>([
  ['without the file', { files: [] }, /changes no file of the migration's name$/],
  [
    'with other bytes',
    { files: [{ path: 'db/005_example.sql', sha256: 'd'.repeat(64) }] },
    /contains db\/005_example\.sql with sha256 d{64}; expected c{64}, the file of this run$/,
  ],
  ['closed without being merged', { state: 'closed' }, /was closed without being merged$/],
])('a pull request %s fails the box', async (_, changes, reason) => {
  expect(await inPullRequest(changes)).toMatchObject({ answer: 'failed', reason: expect.stringMatching(reason) });
});

test('where the code host was not asked, it is said why, and a person attests', async () => {
  expect(await inPullRequest({ notAsked: 'no token for the code host is configured' })).toMatchObject({
    answer: 'open',
    reason: `the run names ${address}; the code host was not asked (no token for the code host is configured), so the approver attests that the change is in it`,
  });
});
