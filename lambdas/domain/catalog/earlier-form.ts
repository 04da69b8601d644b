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
 * Versions 0.3.0 to 0.9.0 put no form into the catalogs that a run keeps, but read what this one reads: they show it by extensions
 * without owners.
 */
const isOfFirstForm = ({ form, objects }: Catalog): boolean => {
  if (form === catalogForm) return false;
  const extensions = objects.filter(({ kind }) => kind === 'extension');
  return extensions.length === 0 || extensions.some(({ definition }) => 'owner' in definition);
};

/**
 * Both as far as they can be compared. Version 0.2.0 and before read the owners of extensions, which nobody can change, and did not
 * read the privileges on members of extensions and on built-in objects. What an earlier version compared, when no catalog that it had
 * read said its form, is compared again as it was then.
 */
export const comparable = (recorded: Catalog, now: Catalog): { readonly recorded: Catalog; readonly now: Catalog } => {
  const isWhole = now.form === catalogForm ? !isOfFirstForm(recorded) : recorded.form === catalogForm;
  return isWhole
    ? { recorded, now }
    : {
        recorded: withoutOwnersOfExtensions(recorded),
        now: { objects: now.objects.filter(({ kind }) => kind !== 'privileges') },
      };
};
