/** Whether a trigger's function is written to refuse. */
import type { Catalog } from './catalog';
import { partsOf } from './identifiers';

const comments = /--[^\n]*|\/\*[\s\S]*?\*\//g;
const strings = /'(?:[^']|'')*'/g;
/** RAISE without a level is EXCEPTION; the other levels only tell. */
const refusal = /\b(?:raise\b(?!\s+(?:debug|log|info|notice|warning)\b)|assert\b)/i;

/** True for a PL/pgSQL function that raises an error; false where that cannot be read: other languages. `name` is `schema.name`. */
export const refusesRows = ({ objects }: Catalog, name: string): boolean =>
  objects.some(({ kind, identity, definition }) => {
    const text = String(definition['definition'] ?? '');
    return (
      kind === 'function' &&
      partsOf(identity.replace(/\(.*\)$/, '')).join('.') === name &&
      /\bLANGUAGE plpgsql\b/.test(text) &&
      refusal.test(text.replace(comments, ' ').replace(strings, "''"))
    );
  });
