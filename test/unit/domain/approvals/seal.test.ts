import { seal, sealMark, unseal } from '#domain/approvals/seal';
import { ApprovalInvalid } from '#domain/errors';

const key = Buffer.alloc(32, 1);
const context = { runId: 'run-1', stage: 'review' };
// As long as Step Functions makes them.
const taskToken = 'AQCMAAAAKgAAAAMAAAAA'.repeat(51);

test('what was sealed is opened for the same run and stage', () => {
  expect(unseal(key, context, seal(key, context, taskToken))).toBe(taskToken);
});

test('a sealed text carries its mark and nothing of the token', () => {
  const sealed = seal(key, context, taskToken);

  expect(sealed.startsWith(sealMark)).toBe(true);
  expect(sealed).not.toContain(taskToken.slice(0, 20));
});

test('sealing twice gives two texts, unless the nonce is given', () => {
  const nonce = Buffer.alloc(12, 5);

  expect(seal(key, context, taskToken)).not.toBe(seal(key, context, taskToken));
  expect(seal(key, context, taskToken, nonce)).toBe(seal(key, context, taskToken, nonce));
});

test.each([
  ['another run', key, { ...context, runId: 'run-2' }],
  ['another stage', key, { ...context, stage: 'apply' }],
  ['another key', Buffer.alloc(32, 2), context],
] as const)('it does not open for %s', (_, otherKey, otherContext) => {
  const sealed = seal(key, context, taskToken);

  expect(() => unseal(otherKey, otherContext, sealed)).toThrow(ApprovalInvalid);
});

test.each([0, 13, 30, 200])('it does not open when its byte %i was changed', (position) => {
  const bytes = Buffer.from(seal(key, context, taskToken).slice(sealMark.length), 'base64url');
  bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);

  expect(() => unseal(key, context, sealMark + bytes.toString('base64url'))).toThrow(ApprovalInvalid);
});

test.each(['', sealMark, `${sealMark}AAAA`, 'nonsense'])(
  '%j is refused by name, without the key in the message',
  (text) => {
    expect(() => unseal(key, context, text)).toThrow(
      expect.objectContaining({ name: 'ApprovalInvalid', message: expect.not.stringContaining(key.toString('hex')) }),
    );
  },
);
