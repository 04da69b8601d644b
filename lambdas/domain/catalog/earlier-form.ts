/** Catalogs that an earlier version has recorded: what a later one reads besides, or not any more, is no drift. */
import type { Catalog } from './catalog';

/** What is read of a database since version 0.3.0. */
export const catalogForm = 2;

const withoutOwnersOfExtensions = ({ objects }: Catalog): Catalog => ({
  objects: objects.map((object) => {
    if (object.kind !== 'extension') return object;
    const { owner: _, ...definition } = object.definition;
    return { ...object, definition };
  }),
});

/**
 * Both as far as they can be compared. Version 0.2.0 and before read the owners of extensions, which nobody can change, and did not
 * read the privileges on members of extensions and on built-in objects.
 */
export const comparable = (recorded: Catalog, now: Catalog): { readonly recorded: Catalog; readonly now: Catalog } =>
  recorded.form === catalogForm
    ? { recorded, now }
    : {
        recorded: withoutOwnersOfExtensions(recorded),
        now: { objects: now.objects.filter(({ kind }) => kind !== 'privileges') },
      };
