import { fingerprintOf } from '#domain/catalog/fingerprint';
import { column, object, table } from './objects';

const jobs = table('public.jobs', { options: `fillfactor='70'` });
const status = column('public.jobs.status', 1);

test('the fingerprint is a sha256 in hex', () => {
  expect(fingerprintOf({ objects: [jobs, status] })).toMatch(/^[0-9a-f]{64}$/);
});

test('neither the order of objects nor the order of their values counts', () => {
  const turned = { ...jobs, definition: Object.fromEntries(Object.entries(jobs.definition).reverse()) };

  expect(fingerprintOf({ objects: [status, turned] })).toBe(fingerprintOf({ objects: [jobs, status] }));
});

test('a value that is null counts as one that is not there', () => {
  const plain = object('schema', 'app', { owner: 'app' });

  expect(fingerprintOf({ objects: [object('schema', 'app', { owner: 'app', privileges: null })] })).toBe(
    fingerprintOf({ objects: [plain] }),
  );
});

test.each([
  ['kind', object('view', 'public.jobs', jobs.definition)],
  ['identity', { ...jobs, identity: 'public.job' }],
  ['value', { ...jobs, definition: { ...jobs.definition, owner: 'root' } }],
  ['name of a value', object('table', 'public.jobs', { owner: 'app', toastOptions: `fillfactor='70'` })],
  ['type of a value', { ...jobs, definition: { ...jobs.definition, owner: true } }],
])('another %s gives another fingerprint', (_, changed) => {
  expect(fingerprintOf({ objects: [changed] })).not.toBe(fingerprintOf({ objects: [jobs] }));
});
