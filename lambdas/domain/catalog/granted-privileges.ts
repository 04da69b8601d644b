/** Privileges on members of extensions and on built-in objects, where a copy is compared with what it was copied from. */
import { type Catalog, keyOf } from './catalog';

const kind = 'privileges';

const byKey = ({ objects }: Catalog) =>
  new Map(objects.filter((object) => object.kind === kind).map((object) => [keyOf(object), JSON.stringify(object)]));

/**
 * Leaves out those that a migration has not changed between `before` and `after`, its own two moments: what a superuser granted on a
 * member of an extension is not given again by the role that makes a copy.
 */
export const onlyChangedPrivileges = (before: Catalog, after: Catalog): ((catalog: Catalog) => Catalog) => {
  const [was, is] = [byKey(before), byKey(after)];
  const changed = new Set([...was.keys(), ...is.keys()].filter((key) => was.get(key) !== is.get(key)));
  return ({ objects }) => ({
    objects: objects.filter((object) => object.kind !== kind || changed.has(keyOf(object))),
  });
};
