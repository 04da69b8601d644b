import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Report } from '#domain/reports/report';
import { reportKeys } from '#lambdas/record/keys';
import { pendingMigrations, startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { optionsFor, type Sandbox, withRuntime, withSandbox } from '#test/support/local-run';
import { withClient } from '#test/support/postgres';

const replaceMigrations = async ({ project }: Sandbox, files: Readonly<Record<string, string>>) => {
  const folder = path.join(project, 'migrations');
  await rm(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
};

const query = async (runtime: Runtime, sql: string) =>
  withClient(await runtime.ports.platform.connection({ branchId: 'target' }), async (client) => {
    const result: unknown = await client.query(sql);
    return ([result].flat().at(-1) as { rows: Record<string, unknown>[] }).rows;
  });

const reportOf = async ({ ports: { store } }: Runtime, runId: string): Promise<Report> =>
  JSON.parse((await store.read(reportKeys(runId).json))?.toString('utf8') ?? 'null');

const pairs = {
  '1_users.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
  '1_users.down.sql': 'DROP TABLE users;\n',
  '2_names.up.sql': 'BEGIN;\nALTER TABLE users ADD COLUMN name text;\nCOMMIT;\n',
  '2_names.down.sql': 'ALTER TABLE users DROP COLUMN name;\n',
};

test('pairs go through the whole workflow, and golang-migrate finds its row', async () => {
  await withSandbox(async (sandbox) => {
    await replaceMigrations(sandbox, pairs);
    await withRuntime(sandbox, { options: optionsFor(sandbox) }, async (runtime) => {
      await query(
        runtime,
        'CREATE TABLE public.schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)',
      );
      const pending = await pendingMigrations(runtime, null);
      const ends = [];
      for (const migration of pending) ends.push(await startRun(runtime, migration));

      expect(pending).toEqual(['1_users.up.sql', '2_names.up.sql']);
      expect(ends.map(({ message, isSignedOff }) => [isSignedOff, message])).toEqual(
        ends.map(() => [true, expect.any(String)]),
      );
      expect(await query(runtime, 'SELECT * FROM schema_migrations')).toEqual([{ version: '2', dirty: false }]);
      const [ledger] = await query(
        runtime,
        'SELECT version, migration, tool_row FROM migration_checklist.ledger ORDER BY version DESC LIMIT 1',
      );
      expect(ledger).toMatchObject({
        version: '2',
        migration: '2_names.up.sql',
        tool_row: { tool: 'golang-migrate', table: 'schema_migrations', row: { version: '2', dirty: 'false' } },
      });
      const report = await reportOf(runtime, ends[1]?.runId ?? '');
      const box = (id: string) => report.boxes.find((one) => one.id === id);
      expect(box('8.2')?.reason).toContain("golang-migrate's table public.schema_migrations");
      expect(box('13.2')).toMatchObject({ answer: 'proved' });
      expect(box('13.3')).toMatchObject({ answer: 'proved' });
    });
  });
});

test('a migration without a way back is run, and its boxes say where to put one', async () => {
  await withSandbox(async (sandbox) => {
    await replaceMigrations(sandbox, {
      '20240101000000_init/migration.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
      'migration_lock.toml': 'provider = "postgresql"\n',
    });
    await withRuntime(sandbox, { options: optionsFor(sandbox) }, async (runtime) => {
      const end = await startRun(runtime, '20240101000000_init/migration.sql');

      expect(end).toMatchObject({ isSignedOff: true });
      const report = await reportOf(runtime, end.runId);
      const said = (id: string) => report.boxes.find((one) => one.id === id);
      expect(said('1.4')).toMatchObject({ answer: 'failed' });
      expect(said('1.4')?.reason).toContain('20240101000000_init/down.sql');
      expect(said('13.2')).toMatchObject({ answer: 'failed' });
      expect(report.signOff.rollbackTested).toBe(false);
      expect(await query(runtime, 'SELECT tool_row FROM migration_checklist.ledger')).toEqual([{ tool_row: null }]);
    });
  });
});
