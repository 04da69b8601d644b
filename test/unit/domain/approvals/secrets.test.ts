import {
  type ApprovalContext,
  codeOf,
  hashSecret,
  isLink,
  isSameSecret,
  linkOf,
  parseCode,
  printCode,
} from '#domain/approvals/secrets';

const key = Buffer.alloc(32, 1);
const context: ApprovalContext = {
  runId: 'run-1',
  stage: 'review',
  approver: 'ada@example.org',
  requestSha256: 'b'.repeat(64),
};

const otherContexts: readonly ApprovalContext[] = [
  { ...context, runId: 'run-2' },
  { ...context, stage: 'apply' },
  { ...context, approver: 'bob@example.org' },
  { ...context, requestSha256: 'c'.repeat(64) },
];

test('asking again gives the same link and code', () => {
  expect(linkOf(key, { ...context })).toBe(linkOf(key, context));
  expect(codeOf(key, { ...context })).toBe(codeOf(key, context));
});

test('the spelling of an address does not change its secrets', () => {
  const spelled = { ...context, approver: ' Ada@Example.ORG ' };

  expect(linkOf(key, spelled)).toBe(linkOf(key, context));
  expect(codeOf(key, spelled)).toBe(codeOf(key, context));
});

test.each(otherContexts)('another context has another link and code: %j', (other) => {
  expect(linkOf(key, other)).not.toBe(linkOf(key, context));
  expect(codeOf(key, other)).not.toBe(codeOf(key, context));
});

test('another key has another link and code', () => {
  const otherKey = Buffer.alloc(32, 2);

  expect(linkOf(otherKey, context)).not.toBe(linkOf(key, context));
  expect(codeOf(otherKey, context)).not.toBe(codeOf(key, context));
});

test('a link is at least 32 characters that need no escaping in an address', () => {
  const link = linkOf(key, context);

  expect(link.length).toBeGreaterThanOrEqual(32);
  expect(encodeURIComponent(link)).toBe(link);
  expect(isLink(link)).toBe(true);
});

test.each(['', 'short', '../../etc/passwd', `${'a'.repeat(42)}/`, 'a'.repeat(44), `${'a'.repeat(43)}\n`])(
  '%j is not a link',
  (text) => {
    expect(isLink(text)).toBe(false);
  },
);

test('codes have 8 characters, none of which is taken for another', () => {
  const codes = Array.from({ length: 500 }, (_, index) => codeOf(key, { ...context, runId: `run-${index}` }));

  expect(codes.filter((code) => !/^[34679ACDEFGHJKMNPQRTWXY]{8}$/.test(code))).toEqual([]);
  expect(new Set(codes).size).toBe(500);
});

test('every character of the alphabet comes about equally often', () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 2000; index += 1)
    for (const character of codeOf(key, { ...context, runId: `run-${index}` }))
      counts.set(character, (counts.get(character) ?? 0) + 1);

  const expected = (2000 * 8) / 23;
  expect(counts.size).toBe(23);
  expect(Math.min(...counts.values())).toBeGreaterThan(expected * 0.8);
  expect(Math.max(...counts.values())).toBeLessThan(expected * 1.2);
});

test('a code is read whatever its case, blanks and hyphens', () => {
  const code = codeOf(key, context);

  expect(parseCode(printCode(code))).toBe(code);
  expect(parseCode(` ${printCode(code).toLowerCase().replace('-', ' - ')}\t`)).toBe(code);
});

test.each(['', 'ABCD', 'ABCDEFGHJ', 'OOOOOOOO', 'ACDE-FGH1'])('%j cannot be a code', (typed) => {
  expect(parseCode(typed)).toBeNull();
});

test('a secret is the same as itself and as no other', () => {
  expect(isSameSecret('secret', 'secret')).toBe(true);
  expect(isSameSecret('secret', 'Secret')).toBe(false);
  expect(isSameSecret('secret', '')).toBe(false);
});

test('link and code are made with two keys: neither says anything of the other', () => {
  const link = Buffer.from(linkOf(key, context), 'base64url');

  expect(codeOf(link, context)).not.toBe(codeOf(key, context));
  expect(hashSecret(linkOf(key, context))).toMatch(/^[0-9a-f]{64}$/);
});
