/** Rehearses what a rollback does when the apply was left in its middle: on the branch, from each restart point. */
import {
  type BeforeUnits,
  leadsBack,
  type ReadRestartPoint,
  type RestartPoint,
  restartVerdict,
} from '#domain/boxes/restart-points';
import { StatementFailed } from '#domain/errors';
import type { Migration } from '#domain/migration/migration';
import { splitIntoUnits } from '#domain/migration/units';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import type { Moments } from './moments';

type RestartRehearsal = {
  readonly at: DatabaseAddress;
  readonly moments: Moments;
  readonly migration: Migration;
  readonly before: BeforeUnits;
};

/** As judges see it, and as the document holds it. */
type Seen = { readonly value: ReadRestartPoint; readonly stored: RestartPoint };

/** From behind the first `unit` units, which are applied now. Errors: all but a rollback that fails. */
const goBack = async (ports: Ports, { at, moments, migration }: RestartRehearsal, unit: number): Promise<Seen> => {
  // For whoever goes on from here on the target.
  const { artifact: reached } = (await moments.catalog(`after-up-to-${unit}`)).reference;
  try {
    await ports.database.rehearse(at, `down from unit ${unit}`, migration.rollback.statements, ports.settings);
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
    const failed = { unit, reached, failure: error.message, catalog: null, contents: null, outside: null };
    return { value: failed, stored: failed };
  }
  const moment = `after-down-from-${unit}` as const;
  const catalog = await moments.catalog(moment);
  const contents = await moments.contents(moment);
  const outside = await moments.outside(moment);
  const point = { unit, reached, failure: null };
  return {
    value: { ...point, catalog: catalog.value, contents: contents.value, outside: outside.value },
    stored: { ...point, catalog: catalog.reference, contents: contents.reference, outside: outside.reference },
  };
};

/**
 * What is seen at each restart point, nothing for a migration of one unit; the first that does not lead back to the start is the last,
 * because nothing can be rehearsed on what it left. The whole migration has to be applied on the branch.
 */
export const rehearseRestarts = async (
  ports: Ports,
  rehearsal: RestartRehearsal,
): Promise<{ readonly value: readonly ReadRestartPoint[]; readonly stored: readonly RestartPoint[] }> => {
  const { at, migration, before } = rehearsal;
  const units = splitIntoUnits(migration.statements);
  if (units.length === 1) return { value: [], stored: [] };
  await ports.database.rehearse(at, 'down again', migration.rollback.statements, ports.settings);
  const seen: Seen[] = [];
  for (let unit = 1; unit < units.length; unit += 1) {
    const applied = units.slice(0, unit).flatMap(({ statements }) => statements);
    await ports.database.rehearse(at, `up to unit ${unit}`, applied, ports.settings);
    const point = await goBack(ports, rehearsal, unit);
    seen.push(point);
    if (!leadsBack(restartVerdict(point.value, before))) break;
  }
  return { value: seen.map(({ value }) => value), stored: seen.map(({ stored }) => stored) };
};
