import { PlatformFailed } from '#domain/errors';
import { noteLeftBehind, tidyUp } from '#lambdas/runs/tidy-up';
import { pin } from '#test/support/a-run';
import { fakePorts } from '#test/support/fake-ports';

const branch = { branchId: 'br-1', name: 'rehearsal-run-1' };

/** Notes what is taken away; what is listed in `refusing` cannot be. */
const recording = (...refusing: readonly string[]) => {
  const removed: string[] = [];
  const remove = async (what: string) => {
    if (refusing.includes(what)) throw new PlatformFailed(`503 for ${what}`);
    removed.push(what);
  };
  const ports = fakePorts({
    schedule: { remove: (name) => remove(name) },
    platform: { deleteBranch: (branchId) => remove(branchId) },
    database: {
      releaseLease: (address, { runId }) => remove(`${address.branchId} ${runId}`),
      dropScratches: (_, names) => remove(names.join(' ')),
    },
  });
  return { ports, removed };
};

const scratches = 'restore-run-1 trial-run-1 trial-up-run-1';

test('schedule, branch, scratch databases and lease of the run are taken away', async () => {
  const { ports, removed } = recording();

  expect(await tidyUp(ports, await pin(), branch)).toEqual([]);
  expect(removed.sort()).toEqual(['br-1', 'monitor-run-1', scratches, 'target run-1']);
});

test('a run that knows no branch has none to delete, but what a killed attempt may have left of one', async () => {
  const { ports, removed } = recording();

  expect(await tidyUp(ports, await pin(), null)).toEqual([]);
  expect(removed.sort()).toEqual(['monitor-run-1', `rehearsal-run-1 ${scratches}`, 'target run-1']);
});

test.each([
  ['monitor-run-1', 'schedule monitor-run-1'],
  ['br-1', 'branch rehearsal-run-1'],
  [scratches, 'scratch databases of the run'],
  ['target run-1', "the target's lease"],
])('when %s cannot be removed, the others are, and it is told', async (refusing, words) => {
  const { ports, removed } = recording(refusing);

  expect(await tidyUp(ports, await pin(), branch)).toEqual([`${words} could not be removed: 503 for ${refusing}`]);
  expect(removed).toHaveLength(3);
});

test('when nothing can be removed, all of it is told', async () => {
  const { ports } = recording('monitor-run-1', 'br-1', scratches, 'target run-1');

  expect(await tidyUp(ports, await pin(), branch)).toHaveLength(4);
});

test('what is left behind becomes a fact and findings', () => {
  const [facts, findings] = [new Map<string, unknown>(), [] as unknown[]];

  noteLeftBehind({ put: (name, value) => facts.set(name, value), find: (...found) => findings.push(...found) }, ['x']);

  expect(facts.get('leftBehind')).toEqual(['x']);
  expect(findings).toEqual([{ rule: 'left-behind', message: 'x', line: null }]);
});
