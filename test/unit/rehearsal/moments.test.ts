import { sha256Of } from '#domain/sha256';
import { keepCatalog } from '#lambdas/rehearsal/moments';
import { fakePorts, memoryStore } from '#test/support/fake-ports';
import { catalogOf, table } from '../domain/catalog/objects';

const at = { branchId: 'br-rehearsal' };

test('a catalog is read from the branch when its moment comes, and kept', async () => {
  const store = memoryStore();
  const asked: unknown[] = [];
  const readCatalog = async (address: unknown) => {
    asked.push(address);
    return catalogOf(table('public.a'));
  };

  const { value, reference } = await keepCatalog(
    fakePorts({ store, database: { readCatalog } }),
    'run-1',
    'before',
    at,
  );

  expect(asked).toEqual([at]);
  expect(value).toEqual(catalogOf(table('public.a')));
  const key = 'runs/run-1/artifacts/catalog-before.json';
  expect(reference).toEqual({ artifact: { key, sha256: sha256Of(store.texts()[key] ?? '') }, form: 'json' });
});

test('a step that runs again gets the catalog of then, although the branch has changed since', async () => {
  const store = memoryStore();
  const first = { readCatalog: async () => catalogOf(table('public.a')) };
  const kept = await keepCatalog(fakePorts({ store, database: first }), 'run-1', 'before', at);

  // No database is set up: asking it would throw.
  expect(await keepCatalog(fakePorts({ store }), 'run-1', 'before', at)).toEqual(kept);
});

test('each moment and each run has a catalog of its own', async () => {
  const store = memoryStore();
  const names = ['a', 'b', 'c'];
  const readCatalog = async () => catalogOf(table(`public.${names.shift()}`));
  const ports = fakePorts({ store, database: { readCatalog } });

  const kept = [
    await keepCatalog(ports, 'run-1', 'before', at),
    await keepCatalog(ports, 'run-1', 'after-up', at),
    await keepCatalog(ports, 'run-2', 'before', at),
  ];

  expect(kept.map(({ value }) => value.objects[0]?.identity)).toEqual(['public.a', 'public.b', 'public.c']);
});
