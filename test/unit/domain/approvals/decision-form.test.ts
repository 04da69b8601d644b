import { fieldNames, parseDecisionForm } from '#domain/approvals/decision-form';

const request = { attestations: ['1.1', '2.1'] } as const;
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
  const read = parseDecisionForm({ attestations: [] }, complete);

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
