/** Reviews and rehearses the migrations that a pull request changes. */
import type { Script } from '#domain/folders/folder';
import { ours } from '#domain/folders/ours';
import type { Selection } from '#domain/folders/select';
import { outlookOf } from '#domain/review/outlook';
import { type MigrationReview, type ReviewGround, reviewMigration } from '#domain/review/review-migration';
import { isFine, type RehearsalResult } from '#local/rehearsal/result';
import type { ChangedFolder } from './changed-migrations';
import type { ReportedFolder } from './report';

export type Examination = {
  readonly ground: ReviewGround;
  readonly databaseUrl: string | null;
  readonly extensions: readonly string[];
  readonly before: Script | null;
  readonly allowsMissing: boolean;
  /** How many are made for a table that a migration touches; 0: none. */
  readonly rows: number;
  /** Why nothing is rehearsed; null: it is. */
  readonly withoutRehearsal: string | null;
  readonly interrupted: Promise<never>;
  readonly onStart: (migration: string) => void;
};

/** Ten minutes, as rehearse by itself. */
const statementTimeoutMs = 600_000;

const placed = (folder: string, review: MigrationReview): MigrationReview => {
  const at = <T extends { readonly file: string }>(one: T): T => ({
    ...one,
    file: folder === '' ? one.file : `${folder}/${one.file}`,
  });
  return { ...at(review), findings: review.findings.map(at), passed: review.passed.map(at) };
};

/** From the first changed one to the end: what comes behind it stands on it. */
const selectionOf = ({ read: { migrations }, changed }: ChangedFolder): Selection => {
  const first = migrations.findIndex((one) => changed.includes(one));
  return { before: migrations.slice(0, first), rehearsed: migrations.slice(first) };
};

type Rehearsed = Pick<ReportedFolder, 'rehearsedOn' | 'notRehearsed' | 'isRehearsalBroken'> & {
  readonly results: readonly RehearsalResult[];
  readonly notes: readonly string[];
};

const rehearse = async (folder: ChangedFolder, options: Examination): Promise<Rehearsed> => {
  const { withoutRehearsal, interrupted, onStart, allowsMissing } = options;
  const nothing = { rehearsedOn: null, results: [], notes: [] };
  if (withoutRehearsal !== null) return { ...nothing, notRehearsed: withoutRehearsal, isRehearsalBroken: false };
  // Loaded only now: a review alone needs no driver and no server.
  const [{ withRehearsalGround }, { rehearseFolder }, { tablesPresent }] = await Promise.all([
    import('#local/rehearsal/ground'),
    import('#local/rehearsal/rehearse-folder'),
    import('#domain/catalog/without-tables'),
  ]);
  const selection = selectionOf(folder);
  const notes: string[] = [];
  let rehearsedOn: string | null = null;
  try {
    const results = await withRehearsalGround({ ...options, statementTimeoutMs }, interrupted, (prepared) => {
      rehearsedOn = prepared.description;
      const ownTables = tablesPresent(prepared.start.catalog, folder.read.ownTables);
      return rehearseFolder({ ...prepared.ground, ownTables, rows: options.rows }, prepared.start, selection, {
        keepGoing: false,
        interrupted,
        onStart: ({ name }) => onStart(name),
        onNote: (note) => notes.push(note),
        onResult: () => undefined,
      });
    });
    const stopped = results.find((one) => !isFine(one, { allowsMissing }) && one.up === 'error');
    return {
      rehearsedOn,
      results,
      notes,
      notRehearsed: stopped ? `the rehearsal stopped at ${stopped.migration}, which could not be applied` : null,
      isRehearsalBroken: false,
    };
  } catch (error) {
    if ((error as Error).name === 'Interrupted') throw error;
    return { rehearsedOn, results: [], notes, notRehearsed: (error as Error).message, isRehearsalBroken: true };
  }
};

/** Errors: Interrupted. Whatever else keeps the rehearsal from its end is said in the result. */
export const examineFolder = async (folder: ChangedFolder, options: Examination): Promise<ReportedFolder> => {
  const { read, changed } = folder;
  const reviewed = [];
  for (const migration of changed) {
    const review = await reviewMigration(migration, options.ground, { isOwnForm: read.form === ours.name });
    reviewed.push({ name: migration.name, review, outlook: await outlookOf(migration, options.ground) });
  }
  const { results, notes, ...rehearsed } = await rehearse(folder, options);
  const names = reviewed.map(({ name }) => name);
  return {
    folder: folder.folder,
    form: read.form,
    migrations: reviewed.map(({ name, review, outlook }) => ({
      review: placed(folder.folder, review),
      outlook,
      rehearsal: results.find(({ migration }) => migration === name) ?? null,
    })),
    others: results.filter(({ migration, up }) => up === 'error' && !names.includes(migration)),
    notes: [...read.notes, ...notes],
    ...rehearsed,
  };
};
