import { aboutRollbackLines, runbookOfRollback, stillStandsLines } from '#domain/approvals/ask-for-rollback';
import type { RollbackPin } from '#domain/ledger/rollback-pin';
import { alarms } from '#lambdas/alarms';

const console =
  'https://eu-central-1.console.aws.amazon.com/states/home#/v2/executions/details/arn:aws:states:eu-central-1:1:execution:Checklist{workflow}:{runId}';
const here = 'http://127.0.0.1:4600/runs/{runId}';

test('on one machine the command is named, with the run that applied it', () => {
  expect(stillStandsLines(here, { runId: '002-notes-1' }).at(-1)).toBe(
    '  npm run roll-back -- 002-notes-1 --because "say why"',
  );
});

test('on AWS the state machine of rollbacks is named, and an input that it takes', () => {
  const [, machine, input = ''] = stillStandsLines(console, { runId: '002-notes-1' });

  expect(machine).toContain(' Checklist-rollback ');
  expect(JSON.parse(input)).toEqual({ migration: '002-notes-1', because: 'say why' });
});

test('of a rollback the run that applied the version is named, and not the rollback that has failed', () => {
  const version = { migration: '002_a.sql', version: '002', sha256: 's', rollbackSha256: 'r', runId: 'applied-1' };
  const rollback: RollbackPin = { because: null, versions: [{ ...version, owner: null, closing: null }] };

  expect(stillStandsLines(here, { runId: 'rollback-9', rollback }).at(-1)).toContain('-- applied-1 --because');
});

test('every alarm that the cause names has its section, and rollbacks have theirs', () => {
  const [first, second] = alarms;
  const cause = `${first?.title}: 2 out of 3; ${second?.title}: 1 out of 1`;

  expect(runbookOfRollback(cause)).toHaveLength(3);
  expect(runbookOfRollback('an index is missing')).toEqual(['docs/operations.md#roll-back']);
  expect(aboutRollbackLines(here, { runId: 'run-1' }, cause)[0]).toMatch(
    /^What to read: docs\/operations\.md#connections-near-the-limit, .*, docs\/operations\.md#roll-back$/,
  );
});
