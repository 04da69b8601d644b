/** Which columns of existing tables hold values of a type: directly, in an array, or by a domain or composite type over it. */

import type { ReviewContext } from './context';
import { nameOfIdentity } from './names/known-objects';

export type TypeUse = { readonly table: string; readonly column: string };

/** `public.amount[]` → `public.amount`. */
const baseOf = (type: unknown) => String(type ?? '').replace(/(?:\([^)]*\))?(?:\[\])*$/, '');

/** The type, and those that are made of it. */
const withDerived = ({ objects }: ReviewContext, type: string): ReadonlySet<string> => {
  const types = new Set([type]);
  for (let size = 0; size < types.size; ) {
    size = types.size;
    for (const { kind, name, object } of objects) {
      if (kind !== 'type') continue;
      const parts = [
        object.definition['type'],
        ...String(object.definition['attributes'] ?? '')
          .split(', ')
          .map((one) => one.split(' ').at(-1)),
      ];
      if (parts.some((part) => types.has(nameOfIdentity(baseOf(part))))) types.add(name);
    }
  }
  return types;
};

/** Of tables and materialized views that were there before. */
export const usesOfType = (context: ReviewContext, type: string): readonly TypeUse[] => {
  const types = withDerived(context, type);
  const stored = new Set(
    context.objects.filter(({ kind }) => kind === 'table' || kind === 'materialized view').map(({ name }) => name),
  );
  return context.objects
    .filter(({ kind, object }) => kind === 'column' && types.has(nameOfIdentity(baseOf(object.definition['type']))))
    .map(({ name }) => ({ table: name.slice(0, name.lastIndexOf('.')), column: name.slice(name.lastIndexOf('.') + 1) }))
    .filter(({ table }) => stored.has(table));
};
