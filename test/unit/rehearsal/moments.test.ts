import { sha256Of } from '#domain/sha256';
import { momentsOf } from '#lambdas/rehearsal/moments';
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

  const { value, reference } = await momentsOf(fakePorts({ store, database: { readCatalog } }), 'run-1', at).catalog(
    'before',
  );

  expect(asked).toEqual([at]);
  expect(value).toEqual(catalogOf(table('public.a')));
  const key = 'runs/run-1/artifacts/catalog-before.json';
  expect(reference).toEqual({ artifact: { key, sha256: sha256Of(store.texts()[key] ?? '') }, form: 'json' });
});

test('a step that runs again gets the catalog of then, although the branch has changed since', async () => {
  const store = memoryStore();
  const first = { readCatalog: async () => catalogOf(table('public.a')) };
  const kept = await momentsOf(fakePorts({ store, database: first }), 'run-1', at).catalog('before');

  // No database is set up: asking it would throw.
  expect(await momentsOf(fakePorts({ store }), 'run-1', at).catalog('before')).toEqual(kept);
});

test('what was read stays at hand: two comparisons read it once', async () => {
  const asked: unknown[] = [];
  const readTableContents = async (address: unknown) => {
    asked.push(address);
    return [];
  };
  const moments = momentsOf(fakePorts({ store: memoryStore(), database: { readTableContents } }), 'run-1', at);

  await Promise.all([moments.contents('before'), moments.contents('before')]);

  expect(asked).toEqual([at]);
});

test('each moment and each run has a catalog of its own', async () => {
  const store = memoryStore();
  const names = ['a', 'b', 'c'];
  const readCatalog = async () => catalogOf(table(`public.${names.shift()}`));
  const ports = fakePorts({ store, database: { readCatalog } });

  const kept = [
    await momentsOf(ports, 'run-1', at).catalog('before'),
    await momentsOf(ports, 'run-1', at).catalog('after-up'),
    await momentsOf(ports, 'run-2', at).catalog('before'),
  ];

  expect(kept.map(({ value }) => value.objects[0]?.identity)).toEqual(['public.a', 'public.b', 'public.c']);
});
