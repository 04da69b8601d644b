/** Rehearses what a rollback does when the apply was left in its middle: on the branch, from each restart point. */
import { leadsBack, type RestartVerdict } from '#domain/boxes/13-test-rollback';
import type { Catalog } from '#domain/catalog/catalog';
import { gradeWayBack } from '#domain/catalog/way-back';
import { StatementFailed } from '#domain/errors';
import type { Migration } from '#domain/migration/migration';
import { splitIntoUnits } from '#domain/migration/units';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { Ports } from '#lambdas/ports/ports';
import { type Moments, rowsBetween } from './moments';

type RestartRehearsal = {
  readonly at: DatabaseAddress;
  readonly moments: Moments;
  readonly migration: Migration;
  readonly before: Catalog;
  readonly outsideBefore: OutsideTables;
};

/** From behind the first `unit` units, which are applied now. Errors: all but a rollback that fails. */
const goBack = async (
  ports: Ports,
  { at, moments, migration, before, outsideBefore }: RestartRehearsal,
  unit: number,
): Promise<RestartVerdict> => {
  // For whoever goes on from here on the target.
  const { artifact: reached } = (await moments.catalog(`after-up-to-${unit}`)).reference;
  try {
    await ports.database.rehearse(at, `down from unit ${unit}`, migration.rollback.statements, ports.settings);
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
    return { unit, reached, verdict: 'fails', told: [error.message], rows: null };
  }
  const moment = `after-down-from-${unit}` as const;
  const { value: catalog } = await moments.catalog(moment);
  const rows = await rowsBetween(moments, 'before', moment);
  const outside = { before: outsideBefore, after: (await moments.outside(moment)).value };
  const { verdict, differences } = gradeWayBack(before, catalog, outside);
  return { unit, reached, verdict, told: [...differences, ...rows.changed], rows };
};

/**
 * One verdict per restart point, none for a migration of one unit; the first that does not lead back to the start is the last,
 * because nothing can be rehearsed on what it left. The whole migration has to be applied on the branch.
 */
export const rehearseRestarts = async (
  ports: Ports,
  rehearsal: RestartRehearsal,
): Promise<readonly RestartVerdict[]> => {
  const { at, migration } = rehearsal;
  const units = splitIntoUnits(migration.statements);
  if (units.length === 1) return [];
  await ports.database.rehearse(at, 'down again', migration.rollback.statements, ports.settings);
  const verdicts: RestartVerdict[] = [];
  for (let unit = 1; unit < units.length; unit += 1) {
    const applied = units.slice(0, unit).flatMap(({ statements }) => statements);
    await ports.database.rehearse(at, `up to unit ${unit}`, applied, ports.settings);
    const verdict = await goBack(ports, rehearsal, unit);
    verdicts.push(verdict);
    if (!leadsBack(verdict)) break;
  }
  return verdicts;
};
