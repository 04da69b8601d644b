/** Case 12: git turns the line ends of an applied file over (autocrlf), and the next start takes it for the file that was applied. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lineEndNotes, pendingMigrations, startRun } from '#local/runs';
import { withCase } from '#test/support/truth-case';

const applied = '001_zeta_note.sql';
const next = `-- Purpose: zeta rows carry a rank.

-- the rank
ALTER TABLE zeta ADD COLUMN rank bigint;

-- ROLLBACK
-- ALTER TABLE zeta DROP COLUMN rank;
`;

test('an applied file with other line ends is not refused, an edited one is, and both are said', () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    const file = path.join(truthCase.migrations, applied);
    // The file's own line ends are CRLF already.
    const text = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
    await writeFile(file, text);
    expect((await truthCase.run()).ends).toMatchObject([{ isSignedOff: true }]);

    await writeFile(file, `\ufeff${text.trimEnd().replaceAll('\n', '\r\n')}`);
    await writeFile(path.join(truthCase.migrations, '002_zeta_rank.sql'), next);
    await truthCase.withRuntime(async (runtime) => {
      expect(await lineEndNotes(runtime)).toEqual([expect.stringMatching(/^001_zeta_note.sql has other line ends/)]);
      expect(await pendingMigrations(runtime, null)).toEqual(['002_zeta_rank.sql']);
      expect(await startRun(runtime, '002_zeta_rank.sql')).toMatchObject({ isSignedOff: true });

      await writeFile(file, text.replace('varchar(80)', 'varchar(90)').replaceAll('\n', '\r\n'));
      await expect(pendingMigrations(runtime, null)).rejects.toThrow(
        /was edited after it was applied .* more than line ends/,
      );
    });
  }));
