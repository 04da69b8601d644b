/** Rehearses migrations one after the other, each on the state that the one before it left. */
import { faultInWords } from '#domain/backup/copy-trial';
import type { FolderMigration } from '#domain/folders/folder';
import type { Selection } from '#domain/folders/select';
import { type RehearsalGround, readState, type State } from './rehearse-migration';
import { rehearseWithRows } from './rehearse-with-rows';
import type { RehearsalResult } from './result';
import { applyOnly } from './run-prepared';
import { type Climbed, sharing, type TakenDown, takeDown } from './take-down';
import { tryRestore } from './try-restore';

export type Listener = {
  /** A migration begins. */
  readonly onStart: (migration: FolderMigration, isRehearsed: boolean) => void;
  readonly onResult: (result: RehearsalResult) => void;
  /** Any other remark, one sentence. */
  readonly onNote: (text: string) => void;
  /** The whole history was taken down from the end; missing: it is not. */
  readonly onTakenDown?: (taken: TakenDown) => void;
};

type Options = Listener & {
  readonly keepGoing: boolean;
  /** Never resolves; once it rejects no results follow. */
  readonly interrupted: Promise<never>;
};

type Preparation = Listener & { readonly unlessInterrupted: <T>(work: Promise<T>) => Promise<T> };

/** A database that holds only views and functions counts as one without applied migrations; tables count. */
const holdsTables = ({ catalog, found = catalog }: State) => found.objects.some(({ kind }) => kind === 'table');

const failedPreparation = (migration: string, error: NonNullable<RehearsalResult['error']>): RehearsalResult => ({
  migration,
  up: 'error',
  rollback: null,
  differences: [],
  losses: [],
  restoringSql: [],
  wayBack: null,
  statements: 0,
  durationMs: 0,
  error,
  notes: ['it was applied without a rehearsal, because later migrations need it'],
});

/** Duplicate table, schema, column, function, and any other object. */
const isThereAlready: readonly string[] = ['42P07', '42P06', '42701', '42723', '42710'];

/** The advice for the first migration when it fails on tables that it may have made itself. */
const hintAtFrom = (start: State, before: Selection['before'], { up, error }: RehearsalResult): readonly string[] =>
  up === 'error' && before.length === 0 && holdsTables(start) && isThereAlready.includes(error?.sqlState ?? '')
    ? [
        'the database holds tables already: if they come from these migrations, use --from with the first one that was not applied yet',
      ]
    : [];

/** Applies what comes before the first rehearsed migration; null when that fails, which is then reported as a result. */
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

/** A note for each thing that the migrations leave and no backup of it can be restored. */
const noteUnrestorable = async ({ databases }: RehearsalGround, { database }: State, { onNote }: Listener) => {
  // The last state's own copy was begun ahead of time.
  await databases.settle();
  try {
    const { faults } = await tryRestore(database);
    for (const fault of faults)
      onNote(`what the migrations leave cannot be restored from a backup: ${faultInWords(fault)}`);
  } catch (error) {
    onNote(`not tried whether a backup of what the migrations leave can be restored: ${(error as Error).message}`);
  }
};

/** All results; fewer than migrations when one could not be applied and `keepGoing` is false. */
export const rehearseFolder = async (
  ground: RehearsalGround,
  start: State,
  { before, rehearsed }: Selection,
  { keepGoing, interrupted, ...listener }: Options,
): Promise<readonly RehearsalResult[]> => {
  // An interruption ends the sessions, which is not the migration's fault.
  const unlessInterrupted = <T>(work: Promise<T>): Promise<T> => Promise.race([work, interrupted]);
  const results: RehearsalResult[] = [];
  const onResult = (result: RehearsalResult) => {
    results.push(result);
    listener.onResult(result);
  };
  let state = await prepareState(ground, start, before, { ...listener, onResult, unlessInterrupted });
  const climbed: Climbed[] = [];
  for (const migration of rehearsed) {
    if (!state) break;
    listener.onStart(migration, true);
    const { result, next } = await unlessInterrupted(rehearseWithRows(ground, state, migration));
    const hints = state === start ? hintAtFrom(start, before, result) : [];
    onResult({ ...result, notes: [...result.notes, ...hints] });
    if (listener.onTakenDown && result.up !== 'error') {
      const before = sharing(climbed.at(-1)?.before ?? state.catalog, state.catalog);
      climbed.push({ migration, wayBack: result.wayBack, before });
    }
    state = result.up !== 'error' || keepGoing ? next : null;
  }
  if (state && listener.onTakenDown) {
    await ground.databases.settle();
    listener.onTakenDown(await unlessInterrupted(takeDown(ground, state, climbed)));
  }
  if (state && state !== start) await unlessInterrupted(noteUnrestorable(ground, state, listener));
  return results;
};
