/** What of a database's own objects reaches beyond it: a migration that calls or writes them reaches beyond too. */
import { type KnownReach, type Reaching, reachInCode } from '#domain/sql/reach-in-code';
import type { Catalog, CatalogObject } from './catalog';

const bare = (identity: string) => identity.replace(/\(.*$/s, '').replaceAll('"', '');

/** A name as it is written with and without its schema. */
const namesOf = (identity: string): readonly string[] => {
  const full = bare(identity);
  const name = full.slice(full.indexOf('.') + 1);
  return name === full ? [full, `public.${full}`] : [full, name];
};

const bodyOf = ({ definition }: CatalogObject) => {
  const text = String(definition['definition'] ?? '');
  return {
    language: /\bLANGUAGE (\w+)/.exec(text)?.[1] ?? 'sql',
    body: /\bAS (\$\w*\$)([\s\S]*)\1/.exec(text)?.[2] ?? text.slice(text.indexOf('\n')),
  };
};

/** A function may call one that calls one; deeper than this nobody looks. */
const deepestCalls = 4;

const functionKinds = ['function', 'procedure', 'window function'];

/** The functions, by name, whose code reaches beyond, those that call them among them. */
const reachingFunctions = (objects: readonly CatalogObject[], foreignTables: ReadonlySet<string>) => {
  const functions = new Map<string, Reaching>();
  const candidates = objects.filter(({ kind }) => functionKinds.includes(kind));
  for (let depth = 0, known = -1; depth < deepestCalls && known < functions.size; depth += 1) {
    known = functions.size;
    for (const object of candidates) {
      const { language, body } = bodyOf(object);
      const [first] = functions.has(bare(object.identity))
        ? []
        : reachInCode(language, body, { functions, foreignTables, triggered: new Map(), existing: null });
      if (first)
        for (const name of namesOf(object.identity))
          functions.set(name, { ...first, what: `${bare(object.identity)}(), with ${first.what} in it` });
    }
  }
  return functions;
};

/** Which tables have a trigger that reaches beyond. */
const triggeredTables = (objects: readonly CatalogObject[], functions: ReadonlyMap<string, Reaching>) =>
  new Map(
    objects
      .filter(({ kind }) => kind === 'trigger')
      .flatMap(({ definition }) => {
        const text = Object.values(definition).find((value) => /^CREATE .*TRIGGER/.test(String(value)));
        const [, table = '', called = ''] =
          /\bON (\S+) [\s\S]*EXECUTE (?:FUNCTION|PROCEDURE) ([^(]+)\(/.exec(String(text ?? '')) ?? [];
        const reaching = functions.get(bare(called));
        return reaching
          ? namesOf(table).map(
              (name) => [name, { ...reaching, what: `a trigger of ${table} that calls ${reaching.what}` }] as const,
            )
          : [];
      }),
  );

/** What a review, or the dry run, knows of the target beside the migration's own text. */
export const knownReachOf = ({ objects }: Catalog): KnownReach => {
  const foreign = objects.filter(({ kind }) => kind === 'foreign table').flatMap(({ identity }) => namesOf(identity));
  const foreignTables = new Set(foreign);
  const functions = reachingFunctions(objects, foreignTables);
  const existing = objects
    .filter(({ kind }) => functionKinds.includes(kind))
    .flatMap(({ identity }) => namesOf(identity));
  return { functions, foreignTables, triggered: triggeredTables(objects, functions), existing: new Set(existing) };
};
