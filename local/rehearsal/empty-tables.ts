/** Which tables hold no row. */
import type { Session } from '#adapters/postgres/session/session';
import type { Catalog } from '#domain/catalog/catalog';
import { partsOf } from '#domain/catalog/identifiers';

/** Of those that are in the catalog; `wanted` and the result are `schema.table` without quotes. */
export const emptyTablesOf = async (
  session: Session,
  { objects }: Catalog,
  wanted: readonly string[],
): Promise<ReadonlySet<string>> => {
  const identities = new Map(
    objects.filter(({ kind }) => kind === 'table').map(({ identity }) => [partsOf(identity).join('.'), identity]),
  );
  const tables = [...new Set(wanted)].flatMap((table) => {
    const identity = identities.get(table);
    return identity === undefined ? [] : [{ table, identity }];
  });
  if (tables.length === 0) return new Set();
  const columns = tables.map(({ identity }, at) => `EXISTS (SELECT FROM ${identity}) AS "${at}"`);
  const { rows } = await session.query<Record<string, boolean>>(`SELECT ${columns.join(', ')}`);
  return new Set(tables.filter((_, at) => rows[0]?.[String(at)] === false).map(({ table }) => table));
};
