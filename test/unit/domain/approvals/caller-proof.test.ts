import { bindingHeader, bindingOfRequest, packProof, readProof } from '#domain/approvals/caller-proof';

const asked = {
  ...{ origin: 'https://pages.test', method: 'POST', path: '/terminal/decide' },
  form: { run: 'run-1', as: 'ada@example.org', choice: 'reject' },
};
const binding = bindingOfRequest(asked);

const authorization = (signed: string, service = 'sts') =>
  `AWS4-HMAC-SHA256 Credential=AKIA1/20261130/eu-central-1/${service}/aws4_request, SignedHeaders=${signed}, Signature=${'0'.repeat(64)}`;

const headers = {
  ...{
    authorization: authorization(`content-type;host;x-amz-date;${bindingHeader}`),
    'x-amz-date': '20261130T120000Z',
  },
  [bindingHeader]: binding,
};

test('what was signed for this request is passed on, and nothing that comes with it', () => {
  const sent = packProof({ ...headers, host: 'evil.test', 'x-forwarded-host': 'evil.test' });

  expect(readProof(sent, binding)).toEqual(headers);
});

test.each([
  ['another decision', { ...asked, form: { ...asked.form, choice: 'approve' } }],
  ['another run', { ...asked, form: { ...asked.form, run: 'run-2' } }],
  ['another installation', { ...asked, origin: 'https://other.test' }],
  ['another path', { ...asked, path: '/terminal/resend' }],
])('it serves for nothing else: %s', (_, other) => {
  expect(readProof(packProof(headers), bindingOfRequest(other))).toBeNull();
});

test.each([
  ['the binding is not signed', { ...headers, authorization: authorization('host;x-amz-date') }],
  ['the host is not signed', { ...headers, authorization: authorization(`x-amz-date;${bindingHeader}`) }],
  ['it is signed for another service', { ...headers, authorization: authorization(`host;${bindingHeader}`, 's3') }],
  ['nothing is signed', { [bindingHeader]: binding }],
])('it is refused when %s', (_, wrong) => {
  expect(readProof(packProof(wrong), binding)).toBeNull();
});

test.each(['', 'not base64', Buffer.from('null').toString('base64'), Buffer.from('[1]').toString('base64')])(
  '%j is no proof',
  (text) => {
    expect(readProof(text, binding)).toBeNull();
  },
);
