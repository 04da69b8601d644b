/** Rehearses folders that tests write out, on copies of a database of the test's own. */

import type { FolderFile } from '#domain/folders/folder';
import { recogniseFolder } from '#domain/folders/recognise';
import { selectMigrations } from '#domain/folders/select';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type PreparedGround, withRehearsalGround } from '#local/rehearsal/ground';
import { rehearseFolder } from '#local/rehearsal/rehearse-folder';
import { readState } from '#local/rehearsal/rehearse-migration';
import { openScratchDatabases } from '#local/rehearsal/scratch-databases';
import { withTarget } from '#test/postgres/database-arrangements';

type Texts = Readonly<Record<string, string>>;

type Options = {
  readonly setUp?: string;
  readonly keepGoing?: boolean;
  readonly from?: string;
  readonly only?: string;
  readonly statementTimeoutMs?: number;
  readonly serverVersion?: string;
  readonly ownTables?: readonly string[];
  readonly rows?: number;
};

export const filesOf = (texts: Texts): readonly FolderFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

export const urlOf = ({ host, port, user, password, database }: ConnectionSettings): string =>
  `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;

const never = new Promise<never>(() => undefined);

/** What the names of this rehearsal's databases begin with; other tests make theirs on the same server at the same time. */
export const scratchPrefixOf = (start: PreparedGround['start']): string => start.database.database.replace(/\d+$/, '');

const through =
  (texts: Texts, { keepGoing = true, from, only }: Options) =>
  async ({ ground, start }: Pick<PreparedGround, 'ground' | 'start'>) => {
    const { migrations } = recogniseFolder(filesOf(texts));
    const said: string[] = [];
    const selection = selectMigrations(migrations, { from: from ?? null, only: only ?? null });
    const results = await rehearseFolder(ground, start, selection, {
      keepGoing,
      interrupted: never,
      onStart: () => undefined,
      onResult: () => undefined,
      onNote: (text) => said.push(text),
    });
    return { results, said, scratchPrefix: scratchPrefixOf(start) };
  };

const defaultTimeoutMs = 20_000;

/** As with `--database-url`: on copies of the database that the connection leads to. */
export const rehearseOn = (connection: ConnectionSettings, texts: Texts, options: Options = {}) =>
  withRehearsalGround(
    { databaseUrl: urlOf(connection), statementTimeoutMs: defaultTimeoutMs },
    never,
    through(texts, options),
  );

/** On copies of a database that holds what `setUp` makes; faster, because nothing is dumped and restored for them. */
export const rehearse = (texts: Texts, options: Options = {}) =>
  withTarget(options.setUp ?? '', async ({ connection }) => {
    const databases = openScratchDatabases({ ...connection, database: 'postgres' }, { strategy: 'STRATEGY FILE_COPY' });
    try {
      const start = await readState(await databases.copy(connection));
      const { statementTimeoutMs = defaultTimeoutMs, serverVersion = '17.0', ownTables = [], rows = 0 } = options;
      return await through(
        texts,
        options,
      )({ ground: { databases, statementTimeoutMs, serverVersion, ownTables, rows, isServerOurs: false }, start });
    } finally {
      await databases.close();
    }
  });

/** A pair of files. */
export const pair = (name: string, up: string, down?: string): Texts => ({
  [`${name}.up.sql`]: up,
  ...(down === undefined ? {} : { [`${name}.down.sql`]: down }),
});
