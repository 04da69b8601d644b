/** Writes a way back from two catalogs, on a copy: each statement is run before it is kept, and all of them together at the end. */
import type { Catalog } from '#domain/catalog/catalog';
import { type CatalogDifference, differenceOf } from '#domain/catalog/difference';
import { gradeDifference, type RollbackVerdict } from '#domain/catalog/grade';
import { type NamedObject, renamesBack } from '#domain/catalog/renames';
import { withDependents } from '#domain/catalog/restore/dependents';
import { enumsAnew } from '#domain/catalog/restore/enum-anew';
import { type Restoration, restoringSql } from '#domain/catalog/restoring-sql';
import { firstEntries, gradeWayBack } from '#domain/catalog/way-back';
import { withoutTables } from '#domain/catalog/without-tables';
import { readCatalogInTransaction } from '../catalog/read-catalog';
import { isLostSession, type Session } from '../session/session';
import { inTransaction, rollback } from '../session/transaction';
import { readNames } from './names';

export type WayBackStart = {
  /** What the schema has to be again. */
  readonly before: Catalog;
  /** Null where they were not read: what was renamed is then dropped and made again. */
  readonly names: readonly NamedObject[] | null;
  /** Left out of every comparison. */
  readonly ownTables?: readonly string[];
  readonly statementTimeoutMs: number;
};

export type WrittenWayBack<Measured = null> = {
  /** In order, without semicolons. Run in one transaction they gave what `verdict` says; empty when there is nothing to run. */
  readonly sql: readonly string[];
  readonly verdict: RollbackVerdict | 'fails';
  /** Between before and after they ran, readable. */
  readonly differences: readonly string[];
  /** Why it does not lead back, one sentence each. */
  readonly reasons: readonly string[];
  /** What the caller looked at after they ran; null when they did not. */
  readonly measured: Measured | null;
};

/** 8: what one round drops along with something else, the next one makes again; nothing is known to need more than three. */
const mostRounds = 8;

/** Nobody else uses a copy. */
const lockTimeoutMs = 10_000;

const wordsOf = (error: unknown) => (error as Error).message;

type Failure = { readonly statement: string; readonly words: string };

/** Runs statements as one; null when they ran, else which one failed, and nothing of them has happened. Errors: those of a lost session. */
const attempt = async (session: Session, statements: readonly string[]): Promise<Failure | null> => {
  await session.query('SAVEPOINT attempted');
  for (const statement of statements)
    try {
      await session.query(statement);
    } catch (error) {
      if (isLostSession(error)) throw error;
      await session.query('ROLLBACK TO SAVEPOINT attempted');
      return { statement, words: wordsOf(error) };
    }
  await session.query('RELEASE SAVEPOINT attempted');
  return null;
};

type Tried = { readonly ran: readonly string[]; readonly why: string | null };

/** As it is meant, else by making the object anew, else what of it can be run: a later round sees what is left. */
const tryRestoration = async (session: Session, { statements, otherwise, isWhole }: Restoration): Promise<Tried> => {
  if (statements === null) return { ran: [], why: null };
  const failure = await attempt(session, statements);
  if (failure === null) return { ran: statements, why: null };
  const why = `${failure.statement} fails with "${failure.words}"`;
  if (otherwise && (await attempt(session, otherwise)) === null) return { ran: otherwise, why: null };
  const ran: string[] = [];
  if (statements.length > 1 && !isWhole)
    for (const statement of statements) if ((await attempt(session, [statement])) === null) ran.push(statement);
  return { ran, why };
};

type Round = { readonly ran: readonly string[]; readonly refused: readonly string[] };

/** In their order; what fails is tried again behind the others, as long as one of them still succeeds. */
const runInSomeOrder = async (session: Session, restorations: readonly Restoration[]): Promise<Round> => {
  const ran: string[] = [];
  let waiting = restorations;
  for (;;) {
    const refused: { readonly restoration: Restoration; readonly why: string }[] = [];
    for (const restoration of waiting) {
      const tried = await tryRestoration(session, restoration);
      ran.push(...tried.ran);
      // What ran in part is looked at again in the next round, by the catalog.
      if (tried.why !== null) refused.push({ restoration, why: tried.why });
    }
    if (refused.length === 0 || refused.length === waiting.length)
      return { ran, refused: refused.map(({ why }) => why) };
    waiting = refused.map(({ restoration }) => restoration);
  }
};

const byHand = ({ kind, identity }: Restoration) => `no SQL is known that restores ${kind.toUpperCase()} ${identity}`;

const sizeOf = ({ added, removed, changed }: CatalogDifference) =>
  added.length + removed.length + changed.reduce((sum, { fields }) => sum + fields.length, 0);

/** Quoted. What it makes is its own, under whatever name it has elsewhere. */
const roleOf = async (session: Session): Promise<string | null> =>
  (await session.query<{ role: string }>('SELECT pg_catalog.quote_ident(current_user) AS role')).rows[0]?.role ?? null;

type Look = Awaited<ReturnType<ReturnType<typeof lookingFor>>>;

/** Looks at the schema and says what differs from the wanted one. */
const lookingFor = (session: Session, wanted: Catalog, ownTables: readonly string[]) => async () => {
  const now = withoutTables(await readCatalogInTransaction(session), ownTables);
  return { now, ...gradeDifference(differenceOf(wanted, now)) };
};

type Searched = { readonly sql: readonly string[]; readonly reasons: readonly string[]; readonly found: Look };

/** Round after round, until nothing differs or one gets nowhere. */
const searchInRounds = async (
  session: Session,
  look: () => Promise<Look>,
  start: Look,
  role: string | null,
): Promise<Searched> => {
  let sql: readonly string[] = [];
  let reasons: readonly string[] = [];
  let found = start;
  // A round that gets nowhere is followed by one that takes away what depends on the things in question, and makes it again.
  let takesDependents = false;
  for (let round = 0; round < mostRounds && sizeOf(found.rest) > 0; round += 1) {
    const restorations = restoringSql(takesDependents ? withDependents(found.rest, found.now) : found.rest, role);
    await session.query('SAVEPOINT round');
    const { ran, refused } = await runInSomeOrder(session, restorations);
    reasons = [...restorations.filter(({ statements }) => statements === null).map(byHand), ...refused];
    const left = await look();
    if (sizeOf(left.rest) < sizeOf(found.rest)) {
      sql = [...sql, ...ran];
      found = left;
      takesDependents = false;
      continue;
    }
    await session.query('ROLLBACK TO SAVEPOINT round');
    if (takesDependents || refused.length === 0) break;
    takesDependents = true;
  }
  return { sql, reasons, found };
};

/** Takes the values that enum types got out of them again; where that cannot be, what was found before and why. */
const replaceEnums = async (
  session: Session,
  wanted: Catalog,
  look: () => Promise<Look>,
  { sql, reasons, found }: Searched,
  role: string | null,
): Promise<Searched> => {
  const anew = enumsAnew(wanted, found.now, role);
  if (!anew) return { sql, reasons, found };
  await session.query('SAVEPOINT enums');
  const { ran, refused } = await runInSomeOrder(session, restoringSql(anew.dependents, role, anew.between));
  // Comments, and what else went along with what was made again.
  const then = await searchInRounds(session, look, await look(), role);
  const isBetter =
    sizeOf(then.found.rest) <= sizeOf(found.rest) && then.found.irreversible.length < found.irreversible.length;
  if (isBetter) return { sql: [...sql, ...ran, ...then.sql], reasons: then.reasons, found: then.found };
  await session.query('ROLLBACK TO SAVEPOINT enums');
  const why = refused.map((words) => `no type without it can take its place: ${words}`);
  return { sql, reasons: [...reasons, ...why], found };
};

/** Finds statements that lead back; everything is rolled back by the caller. */
const search = async (session: Session, { before, names, ownTables = [] }: WayBackStart) => {
  const wanted = withoutTables(before, ownTables);
  const role = await roleOf(session);
  const look = lookingFor(session, wanted, ownTables);
  const renamed: string[] = [];
  if (names)
    for (const statement of renamesBack(names, await readNames(session)))
      if ((await attempt(session, [statement])) === null) renamed.push(statement);
  const rounds = await searchInRounds(session, look, await look(), role);
  const { sql, reasons, found } = await replaceEnums(session, wanted, look, rounds, role);
  return { sql: [...renamed, ...sql], reasons: [...found.irreversible.map(({ text }) => text), ...reasons] };
};

/**
 * In a session on a copy that the migration has just been applied to, in no transaction; everything is rolled back. `measure` is
 * called when the statements have run. Errors: those of a lost session.
 */
export const writeWayBack = async <Measured = null>(
  session: Session,
  start: WayBackStart,
  measure: (sql: readonly string[]) => Promise<Measured | null> = async () => null,
): Promise<WrittenWayBack<Measured>> => {
  const { before, ownTables = [], statementTimeoutMs } = start;
  const limits = { lockTimeoutMs, statementTimeoutMs };
  const { sql, reasons } = await inTransaction(session, { limits, end: rollback }, () => search(session, start));
  // Found in the order of the search and with savepoints; offered is what ran as a file of SQL does.
  return inTransaction(session, { limits, end: rollback }, async () => {
    try {
      for (const statement of sql) await session.query(statement);
      // What is deferred is checked at the commit, which does not come here.
      await session.query('SET CONSTRAINTS ALL IMMEDIATE');
    } catch (error) {
      if (isLostSession(error)) throw error;
      return { sql: [], verdict: 'fails' as const, differences: [], reasons: [wordsOf(error)], measured: null };
    }
    const after = await readCatalogInTransaction(session);
    const { verdict, differences } = gradeWayBack(withoutTables(before, ownTables), withoutTables(after, ownTables));
    const isBack = verdict === 'exact' || verdict === 'harmless';
    const why = reasons.length > 0 ? reasons : [`it leaves ${firstEntries(differences)}`];
    return { sql, verdict, differences, reasons: isBack ? [] : why, measured: await measure(sql) };
  });
};
