/** How the rollback works after only some units of a migration were applied: what was seen at each restart point, and what follows. */
import type { Catalog } from '#domain/catalog/catalog';
import type { RollbackVerdict } from '#domain/catalog/grade';
import { canRunAgain, gradeWayBack } from '#domain/catalog/way-back';
import type { EvidenceRef } from '#domain/evidence/document';
import type { TableContents } from '#domain/tables/contents';
import { type ContentsDifference, contentsDifference } from '#domain/tables/difference';
import type { OutsideTables } from '#domain/tables/outside-tables';
import type { Artifact, ReadEntry } from './room';

/** What was seen when the rollback went back from there. */
export type RestartPoint = {
  /** How many units were applied. */
  readonly unit: number;
  /** The catalog behind these units. */
  readonly reached: EvidenceRef;
  /** Why the rollback failed; null where it ran to its end, and what it left is known. */
  readonly failure: string | null;
  readonly catalog: Artifact<Catalog> | null;
  readonly contents: Artifact<readonly TableContents[]> | null;
  readonly outside: Artifact<OutsideTables> | null;
};

export type ReadRestartPoint = ReadEntry<RestartPoint>;

export type RestartVerdict = {
  readonly unit: number;
  /** Missing in documents of version 0.6.0 and before. */
  readonly reached?: EvidenceRef;
  readonly verdict: RollbackVerdict | 'fails';
  /** Differences of schema and rows, or why it fails; one line each. */
  readonly told: readonly string[];
  /** What became of the rows that were there before; null where the rollback failed. */
  readonly rows: ContentsDifference | null;
};

/** What was there before the first unit. */
export type BeforeUnits = {
  readonly catalogBefore: Catalog;
  readonly contentsBefore: readonly TableContents[];
  readonly outsideBefore: OutsideTables;
};

/** What follows from what was seen. */
export const restartVerdict = (
  { unit, reached, failure, catalog, contents, outside }: ReadRestartPoint,
  { catalogBefore, contentsBefore, outsideBefore }: BeforeUnits,
): RestartVerdict => {
  if (!catalog || !contents || !outside || failure !== null)
    return { unit, reached, verdict: 'fails', told: [failure ?? 'nothing is known of what it left'], rows: null };
  const beside = { before: outsideBefore, after: outside };
  const rows = contentsDifference(contentsBefore, contents, beside);
  const { verdict, differences } = gradeWayBack(catalogBefore, catalog, beside);
  return { unit, reached, verdict, told: [...differences, ...rows.changed], rows };
};

/** True where the rollback leads back to the start from that restart point, rows included. */
export const leadsBack = ({ verdict, rows }: RestartVerdict): boolean =>
  verdict !== 'fails' && canRunAgain(verdict) && rows?.changed.length === 0;
