/** Prepares the database of a rehearsal with what the folder itself does not make. */
import { withSession } from '#adapters/postgres/session/session';
import { InvalidInput } from '#domain/errors';
import type { Script } from '#domain/folders/folder';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { type RehearsalGround, readState, type State } from './rehearse-migration';
import { applyOnly } from './run-prepared';

export type Preparation = {
  readonly extensions: readonly string[];
  /** Is run before the first migration; null: nothing. */
  readonly before: Script | null;
};

const makeExtensions = (database: ConnectionSettings, extensions: readonly string[]) =>
  withSession(database, async (session) => {
    for (const name of extensions)
      try {
        await session.query(`CREATE EXTENSION IF NOT EXISTS ${session.escapeIdentifier(name)} CASCADE`);
      } catch (error) {
        throw new InvalidInput(
          `--extension ${name} cannot be made: ${(error as Error).message}; expected one that this server offers. Use a server that has it, with --database-url`,
          { cause: error },
        );
      }
  });

/** Errors: InvalidInput when an extension cannot be made or the file fails. */
export const prepareState = async (
  ground: RehearsalGround,
  database: ConnectionSettings,
  { extensions = [], before = null }: Partial<Preparation>,
): Promise<State> => {
  const start = await readState(database);
  if (extensions.length === 0 && before === null) return start;
  await makeExtensions(database, extensions);
  if (before) {
    const { failure } = await applyOnly(ground, start, { name: before.fileName, up: before, down: null });
    if (failure)
      throw new InvalidInput(
        `--before ${failure.file}${failure.line === null ? '' : `:${failure.line}`} fails: ${failure.message}`,
      );
  }
  return { ...(await readState(database)), found: start.catalog };
};
