import { fieldNames, parseDecisionForm } from '#domain/approvals/decision-form';

const request = { stage: 'review', attestations: ['1.1', '2.1'] } as const;
const complete = {
  code: 'ACDE-FGHJ',
  choice: 'approve',
  reason: 'read and found good',
  [fieldNames.attest('1.1')]: 'yes',
  [fieldNames.attest('2.1')]: 'yes',
};

test('a complete form has no problems', () => {
  const read = parseDecisionForm(request, complete);

  expect(read).toMatchObject({ code: 'ACDEFGHJ', decision: 'approved', reason: 'read and found good', problems: [] });
  expect(read.entry.attested).toEqual(['1.1', '2.1']);
});

test('an empty form has a problem in every field that is needed', () => {
  expect(parseDecisionForm(request, {}).problems.map(({ field }) => field)).toEqual(['code', 'choice', 'reason']);
});

test('approving needs every tick, and the message names the missing ones', () => {
  const { [fieldNames.attest('2.1')]: _, ...form } = complete;

  expect(parseDecisionForm(request, form).problems).toEqual([
    { field: 'attest', message: 'To approve, tick what only a person can say: 2.1 is missing.' },
  ]);
});

test('rejecting needs no ticks', () => {
  const read = parseDecisionForm(request, { code: complete.code, choice: 'reject', reason: 'no' });

  expect(read).toMatchObject({ decision: 'rejected', problems: [] });
});

test('a tick that was not asked for is not taken', () => {
  const read = parseDecisionForm({ stage: 'review', attestations: [] }, complete);

  expect(read.entry.attested).toEqual([]);
});

test.each(['constructor', 'toString', 'approved', ''])('the choice %j is none', (choice) => {
  expect(parseDecisionForm(request, { ...complete, choice }).decision).toBeNull();
});

test.each([
  ['   \n ', 1],
  ['x', 0],
  ['x'.repeat(1000), 0],
  ['x'.repeat(1001), 1],
] as const)('a reason of 1 to 1000 characters is taken (case %#)', (reason, problems) => {
  expect(parseDecisionForm(request, { ...complete, reason }).problems).toHaveLength(problems);
});

test('a line end counts as one character, as the browser counts it', () => {
  const reason = `${'x'.repeat(499)}\r\n${'y'.repeat(500)}`;

  expect(parseDecisionForm(request, { ...complete, reason }).problems).toEqual([]);
});

const withExceptions = {
  stage: 'review',
  attestations: ['3.3'],
  exceptions: [
    { box: '1.5', answer: 'failed', found: 'one statement has no comment' },
    { box: '2.4', answer: 'open', found: 'nobody knows' },
  ],
} as const;

const accepting = {
  code: 'ACDE-FGHJ',
  choice: 'approve',
  reason: 'read and found good',
  [fieldNames.attest('3.3')]: 'yes',
  [fieldNames.because('3.3')]: ' the shop, says Bob ',
  [fieldNames.accept('1.5')]: 'yes',
  [fieldNames.because('1.5')]: 'its name says it',
  [fieldNames.accept('2.4')]: 'yes',
};

const without = (...names: readonly string[]) =>
  parseDecisionForm(
    withExceptions,
    Object.fromEntries(Object.entries(accepting).filter(([name]) => !names.includes(name))),
  );

test('what failed and what is open is accepted box by box, with what is said for each', () => {
  expect(without()).toMatchObject({
    problems: [],
    entry: {
      attested: ['3.3'],
      accepted: ['1.5', '2.4'],
      because: { '1.5': 'its name says it', '3.3': 'the shop, says Bob' },
    },
  });
});

test.each([
  ['accept-1.5', 'accept', '1.5 is missing'],
  ['accept-2.4', 'accept', '2.4 is missing'],
  ['because-1.5', 'because-1.5', '1.5 needs an answer of its own: Why may it stay as it is?'],
  ['because-3.3', 'because-3.3', '3.3 needs an answer of its own: Which services'],
])('approving without %s is a problem at %s', (name, field, words) => {
  expect(without(name).problems).toEqual([{ field, message: expect.stringContaining(words) }]);
});

test('an open box needs no answer of its own, and a box that is not accepted is not asked why', () => {
  expect(without('because-2.4').problems).toEqual([]);
  expect(without('accept-1.5', 'because-1.5').problems).toHaveLength(1);
});

test('what is said for one box has an end too', () => {
  const form = { ...accepting, [fieldNames.because('1.5')]: 'x'.repeat(301) };

  expect(parseDecisionForm(withExceptions, form).problems).toEqual([
    { field: 'because-1.5', message: expect.stringContaining('301 characters; at most 300') },
  ]);
});

test('rejecting accepts nothing and needs no answers', () => {
  const read = parseDecisionForm(withExceptions, { code: 'ACDE-FGHJ', choice: 'reject', reason: 'no' });

  expect(read.problems).toEqual([]);
});

test('an answer of nobody says so', () => {
  expect(parseDecisionForm(request, complete).nobodyLooked).toBe(false);
  expect(parseDecisionForm(request, { ...complete, [fieldNames.nobodyLooked]: 'yes' }).nobodyLooked).toBe(true);
});
