/** Backups as a person makes and restores them: the commands of docs/restore.md exactly as they are written, and psql alone. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeMark } from '#adapters/postgres/own-schema/identity-and-mark';
import { sha256Of } from '#domain/sha256';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { textOfBackup } from '#test/support/backup-folder';
import { target, withBackups, withServer } from '#test/support/backups';
import { withClient, withDatabase } from '#test/support/postgres';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';

// Each command is a process that reads all of its modules first.
jest.setTimeout(120_000);

const run = (connection: ConnectionSettings, sql: string) => withClient(connection, (client) => client.query(sql));

const urlOf = ({ host, port, user, password, database }: ConnectionSettings) =>
  `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;

const roles = ['backup_reader', 'awkward_readers', 'awkward_app', 'awkward owner'];

const dropRoles = () =>
  withServer(async (server) => {
    for (const role of roles) await server.query(`DROP ROLE IF EXISTS ${server.escapeIdentifier(role)}`);
  });

/** The blocks of the page, in its order. */
const blocks = [
  ...readFileSync(path.join(projectRoot, 'docs/restore.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, block = '']) => block);

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** `npm run` as in the project's own folder, wherever the shell stands. */
const npm = `#!/bin/sh
shift; name="$1"; shift; [ "$1" = -- ] && shift
exec "${process.execPath}" --import "file://${require.resolve('tsx')}" "${projectRoot}/commands/$name/command.ts" "$@"
`;

const inShell = async (folder: string, script: string, variables: Record<string, string>): Promise<Ended> => {
  await mkdir(path.join(folder, 'bin'), { recursive: true });
  await writeFile(path.join(folder, 'bin/npm'), npm);
  await chmod(path.join(folder, 'bin/npm'), 0o755);
  const env = { ...process.env, ...variables, PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}` };
  return new Promise((resolve) =>
    execFile('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
    ),
  );
};

const withAwkwardDatabase = async (
  files: readonly string[],
  work: (connection: ConnectionSettings) => Promise<void>,
) => {
  const support = path.join(projectRoot, 'test/support');
  await dropRoles();
  try {
    await withServer(async (server) => {
      for (const role of roles) await server.query(`CREATE ROLE ${server.escapeIdentifier(role)} NOLOGIN`);
      await server.query('GRANT awkward_readers TO awkward_app');
    });
    await withDatabase(async (connection) => {
      for (const file of files) await run(connection, await readFile(path.join(support, file), 'utf8'));
      await work(connection);
    });
  } finally {
    await dropRoles();
  }
};

/** Everything of a database as pg_dump and COPY give it. */
const nativeText = async (connection: ConnectionSettings) => {
  let text = '';
  await withBackups(async ({ store, backups }) => {
    await backups.make({ ...target, database: connection.database }, 'text/manifest.json');
    text = await textOfBackup(store, 'text/manifest.json');
  });
  return text;
};

const sorted = (text: string) => sha256Of(text.split('\n').sort().join('\n'));

const foreignKeys = async (connection: ConnectionSettings) =>
  (
    await run(
      connection,
      `SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS key FROM pg_constraint
        WHERE contype = 'f' AND conparentid = 0 ORDER BY 1`,
    )
  ).rows.map(({ key }) => key as string);

const isPsqlThere = (process.env['PATH'] ?? '').split(':').some((folder) => {
  try {
    return readFileSync(path.join(folder, 'psql')).length > 0;
  } catch {
    return false;
  }
});

test('the page has the commands', () => {
  expect(blocks).toHaveLength(3);
  expect(blocks[0]).toMatch(/^npm run backup -- .*\nnpm run restore -- /);
});

test('a database with everything awkward in it comes back by the commands of the page, with roles that were gone', () =>
  withFolder((folder) =>
    withDatabase((restored) =>
      withDatabase(async (byPsql) => {
        let [before, after] = ['', ''];
        await withAwkwardDatabase(['nasty-schema.sql', 'awkward-objects.sql'], async (connection) => {
          before = await nativeText(connection);
          const variables = { DATABASE_URL: urlOf(connection), RESTORED_URL: urlOf(restored) };

          const made = await inShell(folder, blocks[0]?.split('\n')[0] ?? '', variables);

          expect(made).toMatchObject({
            code: 0,
            stdout: expect.stringMatching(/✓ backup: \d+ tables .*\n✓ restored into/s),
          });
        });
        // The roles went with the database: the server has none of them.
        const back = await inShell(folder, blocks[0]?.split('\n').slice(1).join('\n') ?? '', {
          RESTORED_URL: urlOf(restored),
        });
        expect(back).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('rows, catalog and sequences are equal'),
        });
        for (const role of roles)
          expect(back.stdout).toMatch(new RegExp(`roles that were made, without password and login: .*${role}`));
        after = await nativeText(restored);

        if (isPsqlThere) {
          const psql = await inShell(folder, blocks[2] ?? '', { RESTORED_URL: urlOf(byPsql) });
          expect(psql).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ERROR') });
          // Psql fills gaps of earlier pages with later rows, so the order of rows is its own.
          expect(sorted(await nativeText(byPsql))).toBe(sorted(before));
        }
        await run(byPsql, 'DROP OWNED BY backup_reader, awkward_readers, awkward_app, "awkward owner" CASCADE').catch(
          () => 0,
        );
        await run(restored, 'DROP OWNED BY backup_reader, awkward_readers, awkward_app, "awkward owner" CASCADE');
        expect(sha256Of(after)).toBe(sha256Of(before));
      }),
    ),
  ).finally(dropRoles));

test('one dropped table comes back into a live database with the foreign keys towards it; what cannot is named', () =>
  withFolder((folder) =>
    withAwkwardDatabase(['awkward-objects.sql'], async (connection) => {
      await writeMark(connection, {
        environment: 'staging',
        projectId: 'p',
        branchId: 'b',
        markedBy: 'ada@example.org',
        markedAt: '2026-11-20T08:00:00.000Z',
      });
      const keys = await foreignKeys(connection);
      const variables = { DATABASE_URL: urlOf(connection) };
      expect((await inShell(folder, blocks[0]?.split('\n')[0] ?? '', variables)).code).toBe(0);
      const present = await inShell(folder, blocks[1] ?? '', variables);
      await run(
        connection,
        `DROP TABLE public.customer CASCADE; INSERT INTO public.invoice VALUES (1000, 7, '2026-04-04')`,
      );
      expect((await foreignKeys(connection)).length).toBe(keys.length - 3);

      const back = await inShell(folder, blocks[1] ?? '', variables);

      expect(present).toMatchObject({ code: 1, stderr: expect.stringContaining('public.customer') });
      expect(back.stdout).toContain('✓ public.customer: 200 rows, equal to what was saved');
      expect(back.stderr).toContain('✗ not back: view public.customer_names');
      expect(back.code).toBe(1);
      expect(await foreignKeys(connection)).toEqual(keys);
      const { rows } = await run(connection, `INSERT INTO public.customer (name) VALUES ('new') RETURNING id::int;`);
      expect(rows).toEqual([{ id: 201 }]);

      // An order of a customer whom the backup does not have.
      await run(connection, `DROP TABLE public.customer CASCADE; INSERT INTO public.invoice VALUES (1001, 9999, NULL)`);
      const orphan = await inShell(folder, blocks[1] ?? '', variables);
      expect(orphan.code).toBe(1);
      expect(orphan.stdout).toContain('foreign key visit_customer of public.visit put back');
      expect(orphan.stderr).toMatch(
        /✗ not back: foreign key invoice_customer of public\.invoice: .*violates foreign key.*add it with: ALTER TABLE public\.invoice ADD CONSTRAINT invoice_customer /,
      );
    }),
  ));
