import { withoutSecrets } from '#domain/text/without-secrets';

test.each([
  ['could not reach postgres://app:p@ss/w@db/x', 'could not reach postgres://…'],
  ['GET https://user:pw@example.org/a failed', 'GET https://…@example.org/a failed'],
  ["invalid connection: password='my pw' host=db", 'invalid connection: password=… host=db'],
  ['{"token": "abc"}', '{"token": …}'],
  [
    'https://b.s3.amazonaws.com/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=ff00',
    'https://b.s3.amazonaws.com/k?X-Amz-Credential=…&X-Amz-Signature=…',
  ],
  ['Authorization: Bearer abcdefgh.ijkl', 'Authorization: Bearer …'],
  ['key AKIAIOSFODNN7EXAMPLE is not known', 'key … is not known'],
])('of %s the secret is left out', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});

test('what holds no secret stays as it is', () => {
  const said = 'ENOSPC: no space left on device, write; permission denied for table tokens (process 7 of orders)';

  expect(withoutSecrets(said)).toBe(said);
});
