import { codeReview, refusalsOfCode } from '#domain/boxes/01-code-review';
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
