import { createHash } from 'node:crypto';
import { type Catalog, sortObjects } from './catalog';

/**
 * sha256 (hex) over all objects; the order in which objects and their values stand does not matter.
 *
 * @example
 * fingerprintOf(before) === fingerprintOf(after) // true when the two schemas are equal
 */
export const fingerprintOf = (catalog: Catalog): string => {
  const hash = createHash('sha256');
  for (const { kind, identity, definition } of sortObjects(catalog.objects)) {
    const values = Object.keys(definition)
      .sort()
      .map((name) => [name, definition[name]])
      .filter(([, value]) => value !== null && value !== undefined);
    hash.update(`${JSON.stringify([kind, identity, values])}\n`);
  }
  return hash.digest('hex');
};
