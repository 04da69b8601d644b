/** Rehearses one migration: up, down and up again on a copy, with a snapshot of the schema after each. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { withSession } from '#adapters/postgres/session/session';
import { readNames } from '#adapters/postgres/way-back/names';
import type { Catalog } from '#domain/catalog/catalog';
import type { NamedObject } from '#domain/catalog/renames';
import { withoutTables } from '#domain/catalog/without-tables';
import type { FolderMigration } from '#domain/folders/folder';
import { notCompared } from '#domain/folders/not-compared';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { offerWayBack } from './offer-way-back';
import type { RehearsalError, RehearsalResult } from './result';
import { lossesSince, type MadeRows, makeRowsFor, touchedBy, unfilledInWords } from './rows';
import { type Plan, type Prepared, run, runAndTell, textOf } from './run-prepared';
import type { ScratchDatabases } from './scratch-databases';
import { type Restoration, tryRestoration } from './try-restoration';
import { gradeRehearsal } from './verdict';

/** A database that nobody is connected to, and its schema. */
export type State = {
  readonly database: ConnectionSettings;
  readonly catalog: Catalog;
  /** A copy that was begun ahead of time. */
  readonly copy?: Promise<ConnectionSettings>;
  /** Its schema before it was prepared for the rehearsal; missing where nothing was prepared. */
  readonly found?: Catalog;
  /** Missing where no row in it was made for the rehearsal. */
  readonly lineage?: Lineage;
};

/** How the same state is reached without the rows that were made. */
export type Lineage = {
  /** Tables whose rows were made. */
  readonly made: ReadonlySet<number>;
  /** The last state without them. */
  readonly clean: ConnectionSettings;
  /** What was applied since. */
  readonly since: readonly FolderMigration[];
};

export type RehearsalGround = {
  readonly databases: ScratchDatabases;
  readonly statementTimeoutMs: number;
  readonly serverVersion: string;
  /** Tables of the migrations' tool that were there at the start, without a schema: not compared. */
  readonly ownTables?: readonly string[];
  /** How many rows are made for each table that a migration touches and that has none; missing: no rows are made. */
  readonly rows?: number;
  /** True where the same migration was tried on rows: what is not tried without them is no news. */
  readonly wasTriedOnRows?: boolean;
  /** True on a server that is removed after the rehearsal, so that migrations may change it as a whole. */
  readonly isServerOurs: boolean;
};

export type Rehearsed = {
  readonly result: RehearsalResult;
  /** The state from which the next migration starts: after up, or the state before when up failed. */
  readonly next: State;
  /** The rows that were made for it; null where there are none. */
  readonly madeRows: MadeRows | null;
};

export const readState = async (database: ConnectionSettings): Promise<State> => ({
  database,
  catalog: await withSession(database, readCatalog),
});

type Back = {
  /** Null where another session looks. */
  readonly afterUp: Catalog | null;
  /** Null when down failed. */
  readonly afterDown: Catalog | null;
  readonly restoration: Restoration | null;
  /** Null when up again failed, or was not tried. */
  readonly afterUpAgain: Catalog | null;
  /** What the tables of before hold otherwise after down. */
  readonly losses: readonly string[];
  readonly error: RehearsalError | null;
  readonly notes: readonly string[];
};

type Route = {
  readonly before: Catalog;
  /** Where there is no copy to look at meanwhile: at what up has left, before it is taken back. */
  readonly looksFirst: boolean;
  readonly namesBefore: () => Promise<readonly NamedObject[]>;
  readonly down: Prepared;
  readonly rows: MadeRows | null;
};

/** In one session: most of what a first look at the catalog costs is the session's own picture of it, which the later ones find. */
const goBackAndForth = (
  ground: RehearsalGround,
  work: ConnectionSettings,
  { before, looksFirst, namesBefore, up, down, rows }: Pick<Plan, 'up'> & Route,
): Promise<Back> =>
  withSession(work, async (session) => {
    const afterUp = looksFirst ? await readCatalog(session) : null;
    const none = { afterUp, afterDown: null, restoration: null, afterUpAgain: null, losses: [], error: null };
    const { failure, notes } = await run(ground, work, session, down);
    if (failure) return { ...none, error: { phase: 'down', ...failure }, notes };
    const afterDown = await readCatalog(session);
    const losses = rows ? await lossesSince(session, rows.contents) : [];
    const restoration = await tryRestoration(session, { before, namesBefore }, afterDown, ground);
    const known = { ...none, afterDown, restoration, losses, notes };
    const again = await run(ground, work, session, up);
    if (again.failure) return { ...known, error: { phase: 'up again', ...again.failure } };
    return { ...known, afterUpAgain: await readCatalog(session) };
  });

const nothing = { differences: [], losses: [], restoringSql: [], notes: [] } as const;

/** The next migration's copy is made once nobody looks at the database any more, while this one still goes back and forth. */
const copyAhead = (
  databases: ScratchDatabases,
  database: ConnectionSettings,
  looking: Promise<unknown>,
): Promise<ConnectionSettings> => {
  const copy = looking.then(() => databases.copy(database));
  // The caller that awaits the copy gets the error; when the rehearsal ends before, nobody awaits it.
  copy.catch(() => undefined);
  return copy;
};

/** Afterwards only the state's own database remains. */
const leaveOnly = async (databases: ScratchDatabases, { copy }: State) => {
  if (copy) databases.drop(await copy);
  await databases.settle();
};

/** Null where none are made. */
const rowsFor = async (
  { rows: count = 0 }: RehearsalGround,
  { catalog, lineage }: State,
  work: ConnectionSettings,
  plan: Plan,
): Promise<MadeRows | null> => {
  if (count === 0 || plan.isInPlace) return null;
  const made = lineage?.made ?? new Set();
  const touched = touchedBy(textOf(plan), catalog);
  if (touched.tables.length === 0) return { made, filled: [], contents: [] };
  // In a session of its own: triggers of the tables may leave settings behind.
  return withSession(work, (session) => makeRowsFor(session, touched, { count, catalog, made }));
};

/** `before` is consumed: its database is dropped, or becomes the next state's. Errors: DatabaseUnreachable, PlatformFailed. */
export const rehearseMigration = async (ground: RehearsalGround, before: State, plan: Plan): Promise<Rehearsed> => {
  const startedAtMs = performance.now();
  const { databases } = ground;
  const { database, catalog } = before;
  const { migration, up, down, isInPlace } = plan;

  if (isInPlace) await leaveOnly(databases, before);
  const work = isInPlace ? database : await (before.copy ?? databases.copy(database));
  const isDone = (copy: ConnectionSettings) => {
    if (!isInPlace) databases.drop(copy);
  };

  const madeRows = await rowsFor(ground, before, work, plan);
  const lineage =
    madeRows && madeRows.made.size > 0
      ? {
          made: madeRows.made,
          clean: before.lineage?.clean ?? database,
          since: [...(before.lineage?.since ?? []), migration],
        }
      : undefined;
  const resultOf = (facts: Pick<RehearsalResult, 'up' | 'rollback'> & Partial<RehearsalResult>): RehearsalResult => ({
    migration: migration.name,
    ...nothing,
    wayBack: null,
    statements: up.pieces.length,
    durationMs: Math.round(performance.now() - startedAtMs),
    error: null,
    ...facts,
    notes: [...(facts.notes ?? []), ...unfilledInWords(madeRows?.filled ?? [])],
  });
  const { names, ...forwards } = await withSession(work, async (session) => ({
    names: isInPlace ? await readNames(session) : null,
    ...(await runAndTell(ground, work, session, catalog, up)),
  }));
  // Few ways back need them. The numbers of objects are the same in every copy.
  const namesBefore = async () => names ?? withSession(database, readNames);
  if (forwards.failure) {
    isDone(work);
    const error = { phase: 'up' as const, ...forwards.failure };
    return {
      result: resultOf({ up: 'error', rollback: null, error, notes: forwards.notes }),
      next: { database, catalog, ...(before.lineage && { lineage: before.lineage }) },
      madeRows,
    };
  }
  const nextOf = (state: State): State => (lineage ? { ...state, lineage } : state);
  const isLeft = () => {
    if (lineage?.clean !== database) isDone(database);
  };
  if (!down) {
    const from = { catalog, namesBefore, database: isInPlace ? null : database, contents: madeRows?.contents ?? null };
    const { afterUp, offer } = await withSession(work, (session) => offerWayBack(session, from, ground));
    isLeft();
    return {
      result: resultOf({ up: 'ok', rollback: 'missing', wayBack: offer, notes: forwards.notes }),
      next: nextOf({ database: work, catalog: afterUp }),
      madeRows,
    };
  }

  const kept = isInPlace ? work : await databases.copy(work);
  // Another session looks at a copy, which has what up has left, while this one goes back already.
  const looking = isInPlace ? null : withSession(kept, readCatalog);
  const copy = looking ? copyAhead(databases, kept, looking) : undefined;
  const route = { before: catalog, looksFirst: isInPlace, namesBefore, up, down, rows: madeRows };
  const [back, looked] = await Promise.all([goBackAndForth(ground, work, route), looking]);
  isDone(work);
  isLeft();
  const afterUp = looked ?? back.afterUp ?? catalog;
  const { afterDown, restoration, afterUpAgain, losses, error } = back;
  const compared = (whole: Catalog) => withoutTables(whole, ground.ownTables ?? []);
  const { verdict, ...facts } = afterDown
    ? gradeRehearsal(
        {
          before: compared(catalog),
          afterUp: compared(afterUp),
          afterDown: compared(afterDown),
          afterUpAgain: afterUpAgain && compared(afterUpAgain),
        },
        restoration,
      )
    : { verdict: 'fails' as const, ...nothing };
  const unseen = notCompared(migration.up.fileName, up.pieces, { areRowsCompared: madeRows !== null });
  const notes = [...new Set([...forwards.notes, ...back.notes, ...facts.notes, ...unseen])];
  return {
    result: resultOf({ up: 'ok', rollback: verdict, ...facts, losses, error, notes }),
    next: nextOf(copy ? { database: kept, catalog: afterUp, copy } : await readState(work)),
    madeRows,
  };
};
