import { addressIn, eligibleApprovers, isSamePerson, personOf, whyNobodyCan } from '#domain/approvals/person';

const ways: readonly string[] = [
  'ada@example.org',
  'Ada@Example.ORG',
  '  ada@example.org\t',
  'ada+x@example.org',
  'ADA+x+y@example.org',
  'Ada Lovelace <ada@example.org>',
  '"Lovelace, Ada" <Ada+Work@Example.org>',
  '<ada@example.org>',
  'bob@example.org <ada@example.org>',
  'ada@example.org (Ada Lovelace)',
  'mailto:ada@example.org',
  '"ada"@example.org',
  'ada @ example.org',
  'ada@example.org.',
  'a\u200bda@example.org',
  'ａｄａ@example.org',
];

test.each(ways)('%s is ada@example.org', (text) => {
  expect(personOf(text)).toBe('ada@example.org');
  expect(isSamePerson(text, 'ada@example.org')).toBe(true);
});

test.each(['adam@example.org', 'ada@example.com', 'a.da@example.org', '+ada@example.org', 'ada@sub.example.org'])(
  '%s is somebody else',
  (text) => {
    expect(isSamePerson(text, 'ada@example.org')).toBe(false);
  },
);

test('a domain is the same in Unicode and in ASCII', () => {
  expect(isSamePerson('ada@bücher.example', 'ada@xn--bcher-kva.example')).toBe(true);
});

test.each([
  '',
  'Ada',
  'not named',
  'ada@example.org, bob@example.org',
  'ada@a@b',
  'a b@example.org',
  '<ada@example.org> x',
])('"%s" names no one address', (text) => {
  expect(addressIn(text)).toBeNull();
});

test('the address keeps the plus part and its letters: mail goes there', () => {
  expect(addressIn('Ada <Ada+x@Example.org>')).toBe('Ada+x@Example.org');
});

const people = ['ada@example.org', 'grace@example.org', 'ADA+2@example.org'];

test.each(ways)('who started as %s is not asked, and neither is an author of that name', (text) => {
  expect(eligibleApprovers(people, { startedBy: text }, 1)).toEqual(['grace@example.org']);
  expect(eligibleApprovers(people, { startedBy: 'bob@example.org', author: text }, 1)).toEqual(['grace@example.org']);
});

test('where two must approve, two different people are asked whoever started', () => {
  expect(eligibleApprovers(people, { startedBy: 'ada@example.org' }, 2)).toEqual([
    'ada@example.org',
    'grace@example.org',
  ]);
});

test.each([
  [[], 1, 'no approver is configured'],
  [['ada@example.org'], 1, 'ada@example.org started the run, and there is no other approver'],
  [
    ['ada@example.org', 'carol@example.org'],
    1,
    'ada@example.org started the run and carol@example.org wrote the change, and there is no other approver',
  ],
  [
    ['ada@example.org', 'Ada <ada+x@example.org>'],
    2,
    '2 different people must approve, and there is only ada@example.org',
  ],
  [['grace@example.org'], 1, null],
  [['ada@example.org', 'carol@example.org'], 2, null],
])('of %j, with %d needed, it is said why nobody can: %s', (addresses, needed, words) => {
  expect(whyNobodyCan(addresses, { startedBy: 'ada@example.org', author: 'carol@example.org' }, needed)).toBe(words);
});
