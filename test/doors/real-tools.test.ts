import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { withClient, withDatabase } from '#test/support/postgres';
import { withFolder } from '#test/support/with-folder';
import { adopt, applyNext } from './adopt';
import { type Tool, tools, write } from './tools';

const rowsOf = (connection: ConnectionSettings, { schema, table, differing }: Tool) =>
  withClient(connection, async (client) => {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(t) AS row FROM "${schema}"."${table}" t`,
    );
    const own = rows.map(({ row }) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !differing.includes(name))),
    );
    return own.map((row) => JSON.stringify(row)).toSorted();
  });

const columnsOf = (connection: ConnectionSettings, table: string) =>
  withClient(connection, async (client) => {
    const { rows } = await client.query(
      'SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY 1',
      [table],
    );
    return rows.map(({ column_name }) => column_name);
  });

const inBoth = (work: (ours: ConnectionSettings, theirs: ConnectionSettings, directory: string) => Promise<void>) =>
  withFolder(async (folder) => {
    const directory = path.join(folder, 'migrations');
    await mkdir(directory);
    await withDatabase((ours) => withDatabase((theirs) => work(ours, theirs, directory)));
  });

test.each(tools.filter(({ isInstalled }) => isInstalled).map((tool) => [tool.name, tool] as const))(
  '%s finds its own row in a database that was adopted from it',
  async (_, tool) => {
    await inBoth(async (ours, theirs, directory) => {
      await write(directory, tool.files(2));
      for (const connection of [ours, theirs]) await tool.up({ directory, connection });
      await write(directory, tool.files(3));
      const atTwo = await rowsOf(ours, tool);

      const plan = await adopt(ours, directory);
      const { migration, rollBack } = await applyNext(ours, directory, plan);

      expect(atTwo.length).toBe(2);
      expect(plan.entries.length).toBe(2);
      expect(await columnsOf(ours, 'notes')).toEqual(['body', 'id']);
      expect(await tool.up({ directory, connection: ours })).toMatch(tool.nothing);
      expect(await tool.up({ directory, connection: theirs })).not.toMatch(tool.nothing);
      expect(await rowsOf(ours, tool)).toEqual(await rowsOf(theirs, tool));

      if (migration.rollback.statements.length === 0) return;
      await rollBack();
      expect(await rowsOf(ours, tool)).toEqual(atTwo);
      expect(await tool.up({ directory, connection: ours })).not.toMatch(tool.nothing);
      expect(await tool.up({ directory, connection: ours })).toMatch(tool.nothing);
    });
  },
);
