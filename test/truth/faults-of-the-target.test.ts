/** What is wrong with the target itself is told before a person is asked, as the target's, with what mends it. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { boxOf } from '#test/support/run-outcome';
import { type TruthCase, withCase } from '#test/support/truth-case';

/** How a run ended that was refused before anybody was asked. */
const refusedRun = async (truthCase: TruthCase) => {
  const { ends } = await truthCase.run();
  const mails = await readdir(path.join(truthCase.directory, 'state', 'mail')).catch(() => []);
  return { error: ends[0]?.error, message: ends[0]?.message ?? '', mails };
};

test('a CHECK over a function without search_path is told before the first mail, and what is proposed mends it', () =>
  withCase('6-check-function-without-search-path', {}, async (truthCase) => {
    const refused = await refusedRun(truthCase);

    expect(refused.error).toBe('TargetCannotBeCopied');
    expect(refused.message).toMatch(/constraint team_members_fit of table public\.team/);
    expect(refused.message).toMatch(/relation "plan" does not exist/);
    expect(refused.message).toMatch(/the target is at fault, not this migration/);
    expect(refused.mails).toEqual([]);
    const [, remedy = ''] =
      /remedy: (ALTER FUNCTION public\.seats_of\(character varying\) SET search_path = public)\./.exec(
        refused.message,
      ) ?? [];

    await truthCase.owner(remedy);
    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    expect(boxOf(report, '5.2')).toMatchObject({ answer: 'proved' });
  }));
