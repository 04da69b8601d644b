import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test('a rule is proved by the test whose error named it; what no test has broken is named, and its box is open', () =>
  withCase('7-one-test-proves-all-rules', {}, async (truthCase) => {
    const { report } = await truthCase.run();

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
      reason: expect.stringContaining('wrote to have as many rows as before'),
    });
  }));
