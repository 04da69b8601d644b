/** After all ways forward: takes the whole history down from the end, and tries each way back alone where it would have to run. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { isLostSession, withSession } from '#adapters/postgres/session/session';
import { inTransaction, rollback } from '#adapters/postgres/session/transaction';
import { type Catalog, keyOf } from '#domain/catalog/catalog';
import { differenceOf } from '#domain/catalog/difference';
import { lastPartOf } from '#domain/catalog/identifiers';
import { knownReachOf } from '#domain/catalog/known-reach';
import { firstEntries, gradeWayBack } from '#domain/catalog/way-back';
import { withoutTables } from '#domain/catalog/without-tables';
import type { FolderMigration, Script } from '#domain/folders/folder';
import type { RehearsalGround, State } from './rehearse-migration';
import { leadsBack, type WayBackOffer } from './result';
import { prepare, run } from './run-prepared';

/** A migration that went up, and the schema before it. */
export type Climbed = {
  readonly migration: FolderMigration;
  readonly wayBack: WayBackOffer | null;
  readonly before: Catalog;
};

export type TakenDown = {
  /** True when every migration went back to the schema before it. */
  readonly isWhole: boolean;
  /** One sentence each. */
  readonly notes: readonly string[];
};

/** A history has hundreds of schemas that are nearly the same: what is unchanged is kept once. */
export const sharing = (previous: Catalog, next: Catalog): Catalog => {
  const known = new Map(previous.objects.map((object) => [keyOf(object), object]));
  const objects = next.objects.map((object) => {
    const same = known.get(keyOf(object));
    return same && JSON.stringify(same.definition) === JSON.stringify(object.definition) ? same : object;
  });
  return { ...next, objects };
};

/** The folder's own, else the one that was written. */
const downOf = ({ migration: { name, down }, wayBack }: Climbed): Script | null => {
  if (down) return down;
  if (!wayBack || (wayBack.sql.length > 0 && !leadsBack(wayBack))) return null;
  const parts = wayBack.sql.map((text, at) => ({ text, line: at + 1, isOnePiece: true }));
  return { fileName: `${name} (written)`, parts, inTransaction: true, problem: null };
};

const fromTheEnd = async (ground: RehearsalGround, state: State, climbed: readonly Climbed[]): Promise<TakenDown> => {
  const database = await ground.databases.copy(state.database);
  const compared = (whole: Catalog) => withoutTables(whole, ground.ownTables ?? []);
  let now = state.catalog;
  for (const [at, step] of [...climbed.entries()].reverse()) {
    const stop = (why: string): TakenDown => ({
      isWhole: false,
      notes: [
        `taken down from the end: ${step.migration.name} ${why}${at === 0 ? '' : `; the ${at} before it were not reached`}`,
      ],
    });
    const down = downOf(step);
    if (!down) return stop('has no way back');
    const prepared = await prepare(down, knownReachOf(now));
    const { failure } = await withSession(database, (session) => run(ground, database, session, prepared));
    if (failure) return stop(`fails: ${failure.message}`);
    now = await withSession(database, readCatalog);
    const { verdict, differences } = gradeWayBack(compared(step.before), compared(now));
    if (verdict === 'differs') return stop(`does not lead to the schema before it: ${firstEntries(differences)}`);
  }
  return {
    isWhole: true,
    notes: [`taken down from the end: all ${climbed.length} went back, each to the schema before it`],
  };
};

/** What a later migration made and PostgreSQL's message names, by that migration; the message as it is where none is. */
const blockerIn = (detail: string, later: readonly { readonly name: string; readonly added: readonly string[] }[]) => {
  const line = detail.split('\n')[0] ?? '';
  const owner = later.find(({ added }) => added.some((name) => line.split(/[\s.()]/).includes(name)));
  return owner ? `${owner.name}'s ${line}` : line;
};

/** Each way back by itself at the end, where later migrations stand on what it takes away; nothing of it stays. */
const alone = async (
  ground: RehearsalGround,
  state: State,
  climbed: readonly Climbed[],
): Promise<readonly string[]> => {
  const made = climbed.map(({ migration, before }, at) => ({
    name: migration.name,
    added: differenceOf(before, climbed[at + 1]?.before ?? state.catalog).added.map(({ identity }) =>
      lastPartOf(identity.replace(/\(.*$/s, '')),
    ),
  }));
  const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: ground.statementTimeoutMs };
  const database = await ground.databases.copy(state.database);
  const notes: string[] = [];
  for (const [at, step] of climbed.slice(0, -1).entries()) {
    const down = downOf(step);
    if (!down || down.problem !== null) continue;
    const { pieces, reach } = await prepare(down, knownReachOf(state.catalog));
    if (reach.length > 0) continue;
    const refused = await withSession(database, (session) =>
      inTransaction(session, { limits, end: rollback }, async () => {
        try {
          for (const { sql } of pieces) await session.query(sql);
          return null;
        } catch (error) {
          if (isLostSession(error)) throw error;
          return error as Error & { code?: string; detail?: string };
        }
      }),
    );
    // dependent_objects_still_exist: what else fails alone is a way back that expects the end of the ones behind it.
    if (refused?.code === '2BP01')
      notes.push(
        `${step.migration.name} cannot go back alone: ${blockerIn(refused.detail ?? refused.message, made.slice(at + 1))}`,
      );
  }
  return notes;
};

/** `climbed` in the order in which they went up, `state` is behind the last. Errors: DatabaseUnreachable, PlatformFailed. */
export const takeDown = async (
  ground: RehearsalGround,
  state: State,
  climbed: readonly Climbed[],
): Promise<TakenDown> => {
  if (climbed.length === 0) return { isWhole: true, notes: [] };
  const notes = await alone(ground, state, climbed);
  const taken = await fromTheEnd(ground, state, climbed);
  return { ...taken, notes: [...notes, ...taken.notes] };
};
