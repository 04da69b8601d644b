import { parseApprovals } from '#commands/approvals/options';

const here = { isOnAws: false, url: null };

test('an approval is sent as the form of the page, with each box in its own words', () => {
  const args = ['approve', 'run-1', 'review', '--as', 'ada@example.org', '--because', 'mail is down'];
  expect(
    parseApprovals([...args, '--attest', '1.1', '--attest', '3.3: none', '--accept', '1.5=its name says it']),
  ).toEqual({
    action: 'decide',
    at: here,
    run: 'run-1',
    form: {
      ...{ run: 'run-1', stage: 'review', as: 'ada@example.org', choice: 'approve', reason: 'mail is down' },
      ...{ 'attest-1.1': 'yes', 'attest-3.3': 'yes', 'because-3.3': 'none' },
      ...{ 'accept-1.5': 'yes', 'because-1.5': 'its name says it' },
    },
  });
});

test('without words it lists; a new link goes to all, or to one', () => {
  expect(parseApprovals([])).toEqual({ action: 'list', at: here });
  expect(parseApprovals(['resend', 'run-1'])).toMatchObject({ action: 'resend', form: { stage: '', to: '' } });
  expect(parseApprovals(['resend', 'run-1', 'apply', '--to', 'ada@example.org'])).toMatchObject({
    form: { stage: 'apply', to: 'ada@example.org' },
  });
});

test('on AWS it asks the installation of the configuration, or the one at an address', () => {
  expect(parseApprovals(['--aws'])).toEqual({ action: 'list', at: { isOnAws: true, url: null } });
  expect(parseApprovals(['list', '--url', 'https://x.test'])).toEqual({
    action: 'list',
    at: { isOnAws: true, url: 'https://x.test' },
  });
});

test.each([
  [['agree', 'run-1'], '"agree" is none of list, resend, approve, reject'],
  [['approve'], 'which run?'],
  [['approve', 'run-1', 'revue', '--as', 'a@b.c', '--because', 'x'], '"revue" is no stage'],
  [['approve', 'run-1', '--because', 'x'], '--as is missing'],
  [['reject', 'run-1', '--as', 'a@b.c', '--because', ' '], '--because is missing'],
  [['reject', 'run-1', '--as', 'a@b.c', '--because', 'x', '--attest', '1.1'], 'attests to nothing'],
  [['approve', 'run-1', '--as', 'a@b.c', '--because', 'x', '--attest', 'all'], '--attest is "all"'],
])('%j is refused: %s', (args, message) => {
  expect(() => parseApprovals(args)).toThrow(message);
});
