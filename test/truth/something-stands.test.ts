/** What happened is not forgotten: every start says what stands, and ends with 1 until a person has settled it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Project, withProjects } from '#test/support/typed-command';

const addFlag = `-- Purpose: orders get a flag.

-- For the support desk.
ALTER TABLE orders ADD COLUMN flag boolean NOT NULL DEFAULT false;

-- ROLLBACK
-- ALTER TABLE orders DROP COLUMN flag;
`;

const addRank = `-- Purpose: orders get a rank.

-- For sorting.
ALTER TABLE orders ADD COLUMN rank integer;

-- ROLLBACK
-- ALTER TABLE orders DROP COLUMN rank;
`;

/** Nothing answers there, so that the rollback is asked for, and --yes approves it. */
const failingProbe = '-- probe: the application answers GET http://127.0.0.1:9/health -- expect: 200\n';

const orders = `CREATE TABLE orders (id bigint PRIMARY KEY, note text);
INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 1000) AS i`;

/** Its rollback goes well on the copy on which it is rehearsed, and fails on the target. */
const failsOnTarget = addFlag.replace(
  '-- ALTER TABLE orders DROP',
  () => `-- DO $$ BEGIN IF pg_catalog.current_database() NOT LIKE 'migration_checklist_%' THEN RAISE EXCEPTION 'not now'; END IF; END $$;
-- ALTER TABLE orders DROP`,
);

const settle = (project: Project, version: string, as: string, ...args: readonly string[]) =>
  project.command(
    'settle',
    version,
    '--as',
    as,
    '--by',
    'ada@example.org',
    '--because',
    'seen by hand',
    '--documents',
    '.',
    ...args,
  );

test('a failed rollback is remembered by every start, refuses the next migration, and is settled by a person', () =>
  withProjects(orders, 1, async (project) => {
    await project.put('001_add_flag.sql', failsOnTarget);
    await project.put('001_add_flag.checks.sql', failingProbe);
    const first = await project.start();
    const second = await project.start();
    await project.put('002_add_rank.sql', addRank);
    const third = await project.start();
    const status = await project.command('status');
    const wrong = await settle(project, '001', 'rolled-back');
    const settled = await settle(project, '001', 'standing');
    const fourth = await project.start();
    const statusAfter = await project.command('status');

    const stands = /001_add_flag\.sql stands after a failed rollback, since 20.*, run 001-add-flag-/;
    expect(first).toMatchObject({ code: 1, stdout: expect.stringMatching(/✗ Roll back/) });
    expect(second).toMatchObject({ code: 1, output: expect.stringMatching(stands) });
    expect(third).toMatchObject({ code: 1, output: expect.stringMatching(stands) });
    expect(third.output).not.toContain('✓ Open run');
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(stands) });
    expect(status.stdout).toContain('npm run settle -- 001 --as standing|rolled-back --by NAME --because TEXT');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('flag') });
    expect(settled).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(path.join(project.folder, 'docs/decisions.md'), 'utf8')).toMatch(
      /settled as standing[^#]*by ada@example\.org on 20[^#]*seen by hand/,
    );
    expect(fourth).toMatchObject({ code: 0, output: expect.stringMatching(/✓ Sign off/) });
    expect(statusAfter).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('002_add_rank.sql is applied as a demonstration'),
    });
  }));

test('a start that has nothing to do ends with 1 while the newest run of a migration was not signed off', () =>
  withProjects('SELECT 1', 1, async (project) => {
    await project.put(
      '001_create_a.sql',
      '-- Purpose: a table.\n\n-- A table.\nCREATE TABLE a (id bigint, CONSTRAINT a_pkey PRIMARY KEY (id));\n\n-- ROLLBACK\n-- DROP TABLE a;\n',
    );
    await project.put('001_create_a.checks.sql', failingProbe);
    const starts = [await project.start(), await project.start(), await project.start()];
    const settled = await settle(project, '001', 'rolled-back');
    const after = await project.start();

    expect(starts.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(starts[2]?.output).toMatch(/001_create_a\.sql was rolled back, since 20/);
    expect(settled).toMatchObject({ code: 0, stderr: '' });
    expect(after).toMatchObject({ code: 0, output: expect.stringContaining('Nothing to do') });
  }));
