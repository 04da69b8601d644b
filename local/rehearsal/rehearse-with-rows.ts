/** Rehearses a migration on rows that were made for it; what fails there is rehearsed without them too, so that the two are told apart. */
import { partsOf } from '#domain/catalog/identifiers';
import type { FolderMigration } from '#domain/folders/folder';
import {
  dependsOnRowsInWords,
  dependsOnValues,
  failsWithRowsInWords,
  judgeByData,
  judgeByValues,
  waivedBecause,
} from '#domain/rows/fails-with-rows';
import { type RehearsalGround, type Rehearsed, readState, rehearseMigration, type State } from './rehearse-migration';
import type { RehearsalError, RehearsalResult } from './result';
import type { MadeRows } from './rows';
import { applyOnly, type Plan, planOf } from './run-prepared';

type Outcome = Pick<Rehearsed, 'result' | 'next'>;

/**
 * The same state without the rows that were made; null where it could not be reached, and then `state` is as it was. Otherwise `state`
 * is consumed. `since` is what was applied behind the last state without them.
 */
const withoutRows = async (
  ground: RehearsalGround,
  state: State,
  since: readonly FolderMigration[],
): Promise<State | null> => {
  const { lineage, database, copy, catalog } = state;
  if (!lineage) return state;
  const { databases } = ground;
  const clean = await databases.copy(lineage.clean);
  for (const migration of since) {
    const { failure } = await applyOnly(ground, { database: clean, catalog }, migration);
    if (!failure) continue;
    databases.drop(clean);
    return null;
  }
  if (copy) databases.drop(await copy);
  databases.drop(database);
  databases.drop(lineage.clean);
  return readState(clean);
};

const isFailure = ({ up, rollback }: RehearsalResult) => up === 'error' || rollback === 'fails';

/** The statement in which the error arose, or all of them where it belongs to none. */
const textAt = ({ up, down }: Plan, { file, line }: RehearsalError): string => {
  const pieces = [up, down].find((one) => one?.script.fileName === file)?.pieces ?? [];
  const found = line === null ? undefined : [...pieces].reverse().find((piece) => piece.line <= line);
  return (found ? [found] : pieces).map(({ sql }) => sql).join('\n');
};

/** Tables with rows that were made, of those that the migration touches; where the statement names some of them, these. */
const tablesBehind = ({ filled, contents, made }: MadeRows, text: string) => {
  const now = filled.filter(({ rows }) => rows > 0);
  const before = contents.filter(({ oid, table }) => made.has(oid) && !now.some((one) => one.table === table));
  const all = [...now, ...before.map(({ table, rows }) => ({ table, rows, example: null }))];
  const named = all.filter(({ table }) => text.toLowerCase().includes((partsOf(table).at(-1) ?? '').toLowerCase()));
  return named.length > 0 ? named : all;
};

const explained = (error: RehearsalError, rows: MadeRows, plan: Plan): RehearsalError => {
  const tables = tablesBehind(rows, textAt(plan, error));
  const words =
    error.sqlState !== null && dependsOnValues(error.sqlState)
      ? dependsOnRowsInWords(error.sqlState, tables)
      : failsWithRowsInWords(error.sqlState, tables);
  return { ...error, message: `${error.message}; ${words}` };
};

/** `tried` failed with rows; what `without` does not fail at is the rows' doing. */
const tellApart = (tried: RehearsalResult, without: RehearsalResult, rows: MadeRows, plan: Plan): RehearsalResult => {
  const failsUp = tried.up === 'error' && without.up !== 'error';
  const failsBack = tried.up !== 'error' && without.up !== 'error' && without.rollback !== 'fails';
  // What the rows have shown on the way back holds, whatever fails besides.
  if (!tried.error || !(failsUp || failsBack)) return { ...without, losses: tried.losses };
  const reason = waivedBecause(plan.up.script.parts.map(({ text }) => text).join('\n'));
  if (reason !== null) {
    const passed = `fails with rows (${tried.error.message}), which the file lets pass: ${reason}`;
    return { ...without, losses: tried.losses, notes: [...without.notes, passed] };
  }
  const verdict = dependsOnValues(tried.error.sqlState) ? 'depends on rows' : 'fails with rows';
  return {
    ...without,
    up: failsUp ? verdict : without.up,
    rollback: failsBack ? verdict : without.rollback,
    losses: tried.losses,
    durationMs: tried.durationMs + without.durationMs,
    error: explained(tried.error, rows, plan),
    notes: [
      ...new Set([...without.notes, ...tried.notes, verdict === 'depends on rows' ? judgeByValues : judgeByData]),
    ],
  };
};

const inPlaceNote = (name: string) => `${name} reaches the server as a whole, so it was rehearsed without rows`;

const cannotTell = 'whether it runs without rows is not known: the migrations before it could not be applied again';

/** `before` is consumed. Errors: DatabaseUnreachable, PlatformFailed. */
export const rehearseWithRows = async (
  ground: RehearsalGround,
  before: State,
  migration: FolderMigration,
): Promise<Outcome> => {
  const plan = await planOf(ground, before, migration);
  if (!ground.rows) return rehearseMigration(ground, before, plan);
  const withoutAny = { ...ground, rows: 0 };
  const since = before.lineage?.since ?? [];
  if (plan.isInPlace) {
    const clean = await withoutRows(ground, before, since);
    const { result, next } = await rehearseMigration(withoutAny, clean ?? before, plan);
    return { result: { ...result, notes: [...result.notes, inPlaceNote(migration.name)] }, next };
  }
  const tried = await rehearseMigration(ground, before, plan);
  const { result, next, madeRows } = tried;
  if (!isFailure(result) || !madeRows || madeRows.made.size === 0) return tried;
  const clean = await withoutRows(ground, next, since);
  if (!clean) return { result: { ...result, notes: [...result.notes, cannotTell] }, next };
  const again = await rehearseMigration({ ...withoutAny, wasTriedOnRows: true }, clean, plan);
  return { result: tellApart(result, again.result, madeRows, plan), next: again.next };
};
