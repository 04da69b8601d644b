/** The whole history taken down from the end, and ways back that later migrations have made impossible. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recogniseFolder } from '#domain/folders/recognise';
import { rehearseFolder } from '#local/rehearsal/rehearse-folder';
import { readState } from '#local/rehearsal/rehearse-migration';
import { openScratchDatabases } from '#local/rehearsal/scratch-databases';
import type { TakenDown } from '#local/rehearsal/take-down';
import { writeWaysBack } from '#local/rehearsal/write-ways-back';
import { withTarget } from '#test/postgres/database-arrangements';
import { filesOf, pair } from './rehearse-arrangements';

jest.setTimeout(60_000);

const rehearsed = (texts: Readonly<Record<string, string>>) =>
  withTarget('', async ({ connection }) => {
    const databases = openScratchDatabases({ ...connection, database: 'postgres' }, { strategy: 'STRATEGY FILE_COPY' });
    try {
      const start = await readState(await databases.copy(connection));
      const ground = { databases, statementTimeoutMs: 20_000, serverVersion: '17.0', isServerOurs: false };
      const folder = recogniseFolder(filesOf(texts));
      let taken: TakenDown | null = null;
      const results = await rehearseFolder(
        ground,
        start,
        { before: [], rehearsed: folder.migrations },
        {
          keepGoing: true,
          interrupted: new Promise<never>(() => undefined),
          onStart: () => undefined,
          onResult: () => undefined,
          onNote: () => undefined,
          onTakenDown: (one) => {
            taken = one;
          },
        },
      );
      return { results, folder, taken: taken as TakenDown | null };
    } finally {
      await databases.close();
    }
  });

const touch = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";
const jobs =
  'CREATE TABLE jobs (id int); CREATE TRIGGER jobs_touch BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION touch()';

test('a way back that a later migration has made impossible is named, and the whole history goes down', async () => {
  const { taken } = await rehearsed({
    ...pair('001_touch', touch, 'DROP FUNCTION touch()'),
    ...pair('002_jobs', jobs),
  });

  expect(taken).toEqual({
    isWhole: true,
    notes: [
      "001_touch cannot go back alone: 002_jobs's trigger jobs_touch on table jobs depends on function touch()",
      'taken down from the end: all 2 went back, each to the schema before it',
    ],
  });
});

test('the first that does not lead back is named, and those before it are not reached', async () => {
  const { taken } = await rehearsed({
    ...pair('001_touch', touch, 'DROP FUNCTION touch()'),
    ...pair('002_jobs', jobs, 'DROP TRIGGER jobs_touch ON jobs'),
  });

  expect(taken?.isWhole).toBe(false);
  expect(taken?.notes.at(-1)).toMatch(
    /^taken down from the end: 002_jobs does not lead to the schema before it: \+ CREATE TABLE public\.jobs \(id integer\).*; the 1 before it were not reached$/s,
  );
});

test('what was written is read from the folder again and is exact, and what is there is not touched', async () => {
  const texts = { ...pair('001_touch', touch, 'SELECT 1'), ...pair('002_jobs', jobs) };
  const directory = await mkdtemp(path.join(tmpdir(), 'ways-back-'));
  try {
    for (const [name, text] of Object.entries(texts)) await writeFile(path.join(directory, name), text);
    const { results, folder } = await rehearsed(texts);
    const said: string[] = [];
    await writeWaysBack({ directory, files: filesOf(texts), ...folder }, results, (text) => said.push(text));
    const written = await readFile(path.join(directory, '002_jobs.down.sql'), 'utf8');
    const again = await rehearsed({ ...texts, '002_jobs.down.sql': written });

    expect(said).toEqual(['002_jobs: written to 002_jobs.down.sql']);
    expect(written).toContain('-- Loses: public.jobs goes, with the rows that it got since the migration.');
    expect(await readFile(path.join(directory, '001_touch.down.sql'), 'utf8')).toBe('SELECT 1');
    expect(again.results.map(({ rollback }) => rollback)).toEqual(['differs', 'exact']);
  } finally {
    await rm(directory, { recursive: true });
  }
});
