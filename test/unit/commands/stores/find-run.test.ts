import { findRun, type NamedStore } from '#commands/stores/find-run';
import { memoryStore } from '#test/support/fake-ports';

const namedStore = (option: string, ...runs: readonly string[]): NamedStore => ({
  option,
  store: memoryStore(Object.fromEntries(runs.map((run) => [`runs/${run}/00-open-run.json`, '{}']))),
});

const own = namedStore('--store .local/store', 'run-1', 'both');
const shop = namedStore('--store .local/projects/shop-1/store', 'run-2', 'both');

test('a run is found in whichever store has it', async () => {
  expect(await findRun([own, shop], 'run-1')).toBe(own);
  expect(await findRun([own, shop], 'run-2')).toBe(shop);
});

test('a run that two stores have is chosen by a person', async () => {
  await expect(findRun([own, shop], 'both')).rejects.toMatchObject({
    name: 'InvalidInput',
    message:
      'the run "both" is in 2 stores; choose one with --store .local/store or --store .local/projects/shop-1/store',
  });
});

test.each([
  [null, /^no run was named; /],
  ['run-9', /^there is no run "run-9"; /],
])('for %s every store and its runs are named', async (runId, words) => {
  const finding = findRun([own, shop, namedStore('--store empty')], runId);

  await expect(finding).rejects.toThrow(words);
  await expect(finding).rejects.toThrow(
    '\n  --store .local/store: both, run-1\n  --store .local/projects/shop-1/store: both, run-2\n  --store empty: no run',
  );
});

test('without any store it says how one is named', async () => {
  await expect(findRun([], 'run-1')).rejects.toThrow(
    /name the store with --store DIR, or the bucket with --bucket NAME/,
  );
});
