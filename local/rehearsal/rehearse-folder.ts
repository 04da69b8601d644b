/** Takes migrations through their rehearsal one after the other, each on what the one before it left. */
import type { FolderMigration } from '#domain/folders/folder';
import { applyOnly, type RehearsalGround, readState, rehearseMigration, type State } from './rehearse-migration';
import type { RehearsalResult } from './result';

export type Listener = {
  /** A migration begins. */
  readonly onStart: (migration: FolderMigration, isRehearsed: boolean) => void;
  readonly onResult: (result: RehearsalResult) => void;
  /** What else there is to say, a sentence. */
  readonly onNote: (text: string) => void;
};

export type Selection = {
  /** Needed by what follows; applied, or taken as applied. */
  readonly before: readonly FolderMigration[];
  readonly rehearsed: readonly FolderMigration[];
};

type Options = Listener & {
  readonly keepGoing: boolean;
  /** Never resolves; once it rejects there are no results any more. */
  readonly interrupted: Promise<never>;
};

type Preparation = Listener & { readonly unlessInterrupted: <T>(work: Promise<T>) => Promise<T> };

/** Views and functions alone do not make a database that migrations were applied to; tables do. */
const holdsTables = ({ catalog }: State) => catalog.objects.some(({ kind }) => kind === 'table');

const failedPreparation = (migration: string, error: NonNullable<RehearsalResult['error']>): RehearsalResult => ({
  migration,
  up: 'error',
  rollback: null,
  differences: [],
  restoringSql: [],
  statements: 0,
  durationMs: 0,
  error,
  notes: ['it was applied without a rehearsal, because later migrations need it'],
});

/** Duplicate table, schema, column, function, and any other object. */
const isThereAlready: readonly string[] = ['42P07', '42P06', '42701', '42723', '42710'];

/** Said of the first migration when tables that it may have made itself are in its way. */
const hintAtFrom = (start: State, before: Selection['before'], { up, error }: RehearsalResult): readonly string[] =>
  up === 'error' && before.length === 0 && holdsTables(start) && isThereAlready.includes(error?.sqlState ?? '')
    ? [
        'the database holds tables already: if they come from these migrations, use --from with the first one that was not applied yet',
      ]
    : [];

/** What comes before the first rehearsed migration; null when it cannot be applied, which is then told as a result. */
const prepareState = async (
  ground: RehearsalGround,
  start: State,
  before: readonly FolderMigration[],
  { onStart, onResult, onNote, unlessInterrupted }: Preparation,
): Promise<State | null> => {
  if (before.length === 0) return start;
  const range = `${before[0]?.name}${before.length > 1 ? ` to ${before.at(-1)?.name}` : ''}`;
  if (holdsTables(start)) {
    onNote(`${range}: taken as applied, because the database holds tables`);
    return start;
  }
  onNote(`${range}: applied without being rehearsed`);
  for (const migration of before) {
    onStart(migration, false);
    const { failure } = await unlessInterrupted(applyOnly(ground, start, migration));
    if (!failure) continue;
    onResult(failedPreparation(migration.name, { phase: 'up', ...failure }));
    return null;
  }
  return readState(start.database);
};

/** All results; fewer than migrations when one could not be applied and `keepGoing` is false. */
export const rehearseFolder = async (
  ground: RehearsalGround,
  start: State,
  { before, rehearsed }: Selection,
  { keepGoing, interrupted, ...listener }: Options,
): Promise<readonly RehearsalResult[]> => {
  // An interruption ends the sessions, for which the migration in them is not to blame.
  const unlessInterrupted = <T>(work: Promise<T>): Promise<T> => Promise.race([work, interrupted]);
  const results: RehearsalResult[] = [];
  const onResult = (result: RehearsalResult) => {
    results.push(result);
    listener.onResult(result);
  };
  let state = await prepareState(ground, start, before, { ...listener, onResult, unlessInterrupted });
  for (const migration of rehearsed) {
    if (!state) break;
    listener.onStart(migration, true);
    const { result, next } = await unlessInterrupted(rehearseMigration(ground, state, migration));
    const hints = state === start ? hintAtFrom(start, before, result) : [];
    onResult({ ...result, notes: [...result.notes, ...hints] });
    state = result.up === 'ok' || keepGoing ? next : null;
  }
  return results;
};
