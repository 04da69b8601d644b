import type { Catalog } from './catalog';
import { partsOf } from './identifiers';

/** The table of every index, both as `schema.name` without quotes. */
export const indexTables = ({ objects }: Catalog): ReadonlyMap<string, string> =>
  new Map(
    objects
      .filter(({ kind }) => kind === 'index')
      .map(({ identity, definition }) => [partsOf(identity).join('.'), partsOf(String(definition['table'])).join('.')]),
  );
