/** What `rehearse` says of a database, and of what migrations leave, that no backup can bring back. */

import { readFolder } from '#adapters/folder/read-folder';
import { parseRehearseOptions } from '#commands/rehearse/options';
import { recogniseFolder } from '#domain/folders/recognise';
import { withRehearsalGround } from '#local/rehearsal/ground';
import { rehearseFolder } from '#local/rehearsal/rehearse-folder';
import { type TruthCase, withCase } from '#test/support/truth-case';

const never = new Promise<never>(() => undefined);

const rehearse = async ({ migrations, url }: TruthCase) => {
  const notes: string[] = [];
  const { files, deeper } = await readFolder(migrations);
  const { migrations: rehearsed } = recogniseFolder(files, deeper);
  const options = parseRehearseOptions([migrations, '--database-url', url]);
  const { results, leftOut } = await withRehearsalGround(
    { ...options, before: null },
    never,
    async ({ ground, start, leftOut: without }) => ({
      leftOut: without,
      results: await rehearseFolder(
        ground,
        start,
        { before: [], rehearsed },
        {
          keepGoing: false,
          interrupted: never,
          onStart: () => undefined,
          onResult: () => undefined,
          onNote: (text) => notes.push(text),
        },
      ),
    }),
  );
  return { results, leftOut, notes };
};

test('a rehearsal beside a database with an extension that only a superuser makes goes without it and says so', () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    await truthCase.superuser('CREATE EXTENSION pg_stat_statements');

    const { results, leftOut, notes } = await rehearse(truthCase);

    expect(results).toMatchObject([{ up: 'ok', rollback: 'exact' }]);
    expect(leftOut).toMatchObject([{ kind: 'extension', identity: 'pg_stat_statements' }]);
    expect(notes).toEqual([]);
  }));

test('what migrations leave and no backup can bring back is a note with its remedy', () =>
  withCase('12-line-ends-only', {}, async (truthCase) => {
    await truthCase.owner(
      "CREATE TABLE plan (code text); INSERT INTO plan VALUES ('free'); CREATE TABLE team (p text); INSERT INTO team VALUES ('free')",
    );
    await truthCase.migration('009_known.sql', {
      up: `CREATE FUNCTION known(c text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT count(*) > 0 FROM plan WHERE code = c';
ALTER TABLE team ADD CHECK (known(p));`,
      down: 'ALTER TABLE team DROP CONSTRAINT team_p_check;\nDROP FUNCTION known(text);',
    });

    const { notes } = await rehearse(truthCase);

    expect(notes).toEqual([
      expect.stringMatching(
        /cannot be restored.*constraint team_p_check of table public\.team.*ALTER FUNCTION public\.known\(text\) SET search_path = public/,
      ),
    ]);
  }));

test('a database that cannot be copied is named with object, cause and remedy', () =>
  withCase('6-check-function-without-search-path', {}, async (truthCase) => {
    await expect(rehearse(truthCase)).rejects.toMatchObject({
      name: 'TargetCannotBeCopied',
      message: expect.stringMatching(
        /constraint team_members_fit of table public\.team.*remedy: ALTER FUNCTION public\.seats_of/,
      ),
    });
  }));
