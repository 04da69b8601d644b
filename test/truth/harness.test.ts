import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test("an ordinary migration on a server of one's own, as a role that is no superuser, is signed off", () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    expect(boxOf(report, '13.2')).toMatchObject({ answer: 'proved' });
  }));
