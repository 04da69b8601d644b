import { verifyEvidence } from '#commands/verify-evidence/verify';
import { pendingMigrations, startRun } from '#local/runs';
import { readEvidence } from '#test/support/evidence-of-run';
import { boxOf, reportOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test('a rule is proved by the test whose error named it; what no test has broken is named, and its box is open', () =>
  withCase('7-one-test-proves-all-rules', {}, (truthCase) =>
    truthCase.withRuntime(async (runtime) => {
      const [migration = ''] = await pendingMigrations(runtime, null);
      const end = await startRun(runtime, migration);
      const report = await reportOf(runtime, end);

      expect(boxOf(report, '10.1')).toMatchObject({
        answer: 'open',
        reason: expect.stringMatching(/the one rule .*: index public\.orders_ref_key$/),
      });
      expect(boxOf(report, '10.2')).toMatchObject({
        answer: 'open',
        reason: expect.stringMatching(/1 of the 2 rules .*: constraint public\.orders\.orders_state_known$/),
      });
      expect(boxOf(report, '10.4')).toMatchObject({
        answer: 'proved',
        reason: expect.stringContaining('1 table that they wrote to has as many rows as before (1 row)'),
      });
      expect(report.testsToAdd).toEqual([
        expect.stringContaining('-- expect: 23505'),
        expect.stringContaining("-- expect: 23514\nINSERT INTO public.orders (state, qty, ref)\nSELECT '?', qty,"),
      ]);

      const documents = await readEvidence(runtime.ports.store, end.runId);
      const proved = documents.flatMap(({ boxes }) => boxes).filter(({ answer }) => answer === 'proved');
      expect(proved.length).toBeGreaterThan(30);
      expect(proved.filter(({ facts }) => Object.keys(facts ?? {}).length === 0)).toEqual([]);

      const { problems, answers } = await verifyEvidence(runtime.ports.store, end.runId, end.signOffSha256);
      expect(problems).toEqual([]);
      expect(answers).toBeGreaterThan(60);
    }),
  ));
