import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { lookAtConfiguration, lookAtMigrations, lookAtTokens } from '#commands/doctor/files';
import { describeFindings, inTheWay, well, worthKnowing } from '#commands/doctor/finding';
import { lookAtKeys, lookAtPages } from '#commands/doctor/machine';
import { withFolder } from '#test/support/with-folder';

test('the end says what is ready and what is not, and each remedy stands below what it mends', () => {
  const lines = describeFindings([
    well('Node 20'),
    worthKnowing('no configuration\n  at all', 'Copy it.', ['deploy']),
    inTheWay('no server', 'Start it.', ['rehearse', 'run']),
  ]);

  expect(lines).toEqual([
    '✓ Node 20',
    expect.stringMatching(/^! no configuration.*at all$/),
    '    Copy it.',
    '✗ no server',
    '    Start it.',
    'ready for: review, adopt, publish',
    'not ready for: rehearse, run, deploy',
  ]);
});

test('a folder is told with its form, and what has no rollback; one that is not there is in the way', () =>
  withFolder(async (folder) => {
    await writeFile(path.join(folder, '1_a.up.sql'), 'CREATE TABLE a (id int);');

    const { findings, ownTables } = await lookAtMigrations(folder, null);
    const gone = await lookAtMigrations(path.join(folder, 'gone'), null);

    expect(findings[0]).toMatchObject({ sign: '✓', text: expect.stringContaining('1 migration in the form *.up.sql') });
    expect(findings[1]).toMatchObject({ sign: '!', text: '1 of 1 migration has no rollback' });
    expect(ownTables).toContain('schema_migrations');
    expect(gone.findings).toEqual([
      expect.objectContaining({ sign: '✗', stops: expect.arrayContaining(['review', 'run']) }),
    ]);
  }));

test('a configuration that cannot be used is in the way of deploying, with its lines; none is no fault', () =>
  withFolder(async (folder) => {
    expect((await lookAtConfiguration(folder))[0]).toMatchObject({ sign: '!', stops: ['deploy'] });

    await writeFile(path.join(folder, 'checklist.config.yaml'), 'installation:\n  nmae: x\n');

    expect((await lookAtConfiguration(folder))[0]).toMatchObject({
      sign: '✗',
      text: expect.stringContaining('checklist.config.yaml:2'),
    });
  }));

test('a token is named and never shown', async () => {
  const found = await lookAtTokens({ GITHUB_TOKEN: 'ghp_secret' });

  expect(JSON.stringify(found)).not.toContain('ghp_secret');
  expect(found[0]?.sign).toBe('✓');
});

test('keys that others can read are in the way of a run', () =>
  withFolder(async (folder) => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      await mkdir(path.join('.local', 'store'), { recursive: true });
      const key = path.join('.local', 'link-key');
      await writeFile(key, Buffer.alloc(32, 1), { mode: 0o600 });
      expect((await lookAtKeys())[0]?.sign).toBe('✓');

      await chmod(key, 0o644);

      expect((await lookAtKeys())[0]).toMatchObject({
        sign: '✗',
        remedy: expect.stringMatching(/^chmod 600 .*link-key/),
      });
    } finally {
      process.chdir(before);
    }
  }));

test('a taken port is told with the option for another one', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { readonly port: number };
  try {
    expect((await lookAtPages(port))[0]).toMatchObject({ sign: '!', remedy: 'Start with --port N.' });
  } finally {
    server.close();
  }
  expect((await lookAtPages(port))[0]?.sign).toBe('✓');
});
