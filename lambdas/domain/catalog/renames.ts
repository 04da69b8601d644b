/** What a migration has renamed or moved: PostgreSQL keeps an object's number, so it is known again, and its rows come back with it. */

/** An object that has a number of its own. */
export type NamedObject = {
  /** Of all objects of the database, and the same under every name. */
  readonly number: string;
  readonly kind: 'schema' | 'table' | 'foreign table' | 'view' | 'materialized view' | 'sequence' | 'index' | NamedPart;
  /** The schema, or the table that it is a part of; empty for a schema. Quoted. */
  readonly parent: string;
  /** Quoted. */
  readonly name: string;
};

type NamedPart = 'type' | 'domain' | 'column' | 'constraint' | 'domain constraint';

const ofTables: readonly NamedObject['kind'][] = ['column', 'constraint'];

/** What holds others comes before them. */
const order: readonly NamedObject['kind'][] = [
  ...([
    'schema',
    'type',
    'domain',
    'table',
    'foreign table',
    'view',
    'materialized view',
    'sequence',
    'index',
  ] as const),
  ...(['column', 'constraint', 'domain constraint'] as const),
];

const identityOf = ({ parent, name }: Pick<NamedObject, 'parent' | 'name'>) => (parent ? `${parent}.${name}` : name);

const rename = ({ kind }: NamedObject, parent: string, from: string, to: string): string => {
  if (kind === 'domain constraint') return `ALTER DOMAIN ${parent} RENAME CONSTRAINT ${from} TO ${to}`;
  if (ofTables.includes(kind)) return `ALTER TABLE ${parent} RENAME ${kind.toUpperCase()} ${from} TO ${to}`;
  return `ALTER ${kind.toUpperCase()} ${identityOf({ parent, name: from })} RENAME TO ${to}`;
};

const move = ({ kind, parent }: NamedObject, from: string): string =>
  `ALTER ${kind.toUpperCase()} ${from} SET SCHEMA ${parent}`;

/** An index and what a column owns go where their table goes. */
const movesAlone: readonly NamedObject['kind'][] = [
  ...(['table', 'foreign table', 'view', 'materialized view', 'sequence', 'type', 'domain'] as const),
];

/** A name for what stands in the way of an old one; it goes away before the way back is done. */
const aside = (name: string) => (name.startsWith('"') ? `${name.slice(0, -1)}_in_the_way"` : `${name}_in_the_way`);

/**
 * The statements that give what was there before its name and its schema back, in order. What was made under an old name is named
 * aside: it is new, and is dropped as such.
 *
 * @example
 * renamesBack(before, afterUp) // ['ALTER TABLE public.jobs RENAME COLUMN remark TO note']
 */
export const renamesBack = (before: readonly NamedObject[], after: readonly NamedObject[]): readonly string[] => {
  const old = new Map(before.map((object) => [object.number, object]));
  const renamed = after
    .flatMap((now) => {
      const was = old.get(now.number);
      return was && (was.name !== now.name || was.parent !== now.parent) ? [{ was, now }] : [];
    })
    .toSorted((one, other) => order.indexOf(one.was.kind) - order.indexOf(other.was.kind));
  if (renamed.length === 0) return [];

  // How what holds them is called again once the statements above have run.
  const holders = new Map(renamed.map(({ was, now }) => [identityOf(now), identityOf(was)]));
  const holderNow = (parent: string): string => {
    const direct = holders.get(parent);
    if (direct !== undefined) return direct;
    const dot = parent.lastIndexOf('.');
    const schema = dot < 0 ? undefined : holders.get(parent.slice(0, dot));
    return schema === undefined ? parent : schema + parent.slice(dot);
  };
  const taken = new Map(after.map((object) => [`${object.kind === 'column'} ${identityOf(object)}`, object]));
  const statements = renamed.flatMap(({ was, now }) => {
    const parent = holderNow(now.parent);
    const from = identityOf({ parent, name: now.name });
    const moves = parent !== was.parent && movesAlone.includes(was.kind) ? [move(was, from)] : [];
    if (was.name === now.name) return moves;
    const inTheWay = taken.get(`${was.kind === 'column'} ${identityOf({ parent: now.parent, name: was.name })}`);
    return [
      ...(inTheWay ? [rename(inTheWay, parent, was.name, aside(was.name))] : []),
      ...moves,
      rename(was, moves.length > 0 ? was.parent : parent, now.name, was.name),
    ];
  });
  return [...new Set(statements)];
};
