/**
 * Takes values out of an enum type again. PostgreSQL has no DROP VALUE: a new type without them takes the place of the old one under
 * every column, default, domain and composite type, and what else names the type is made again.
 */
import { type Catalog, type CatalogObject, keyOf } from '../catalog';
import { type CatalogDifference, type ChangedObject, differenceOf } from '../difference';
import { lastPartOf, parentOf, unquote } from '../identifiers';
import { type Restoration, restoringSql } from '../restoring-sql';
import { isForeignKeyOver, isNamedIn, madeAnew } from './dependents';

export type EnumsAnew = {
  /** What has to go before the types change, and is made again. */
  readonly dependents: CatalogDifference;
  /** In between: the new types, the columns that move to them, and the old ones gone. */
  readonly between: readonly Restoration[];
};

type Users = {
  /** The enum types and what is made of them, each behind what it is made of. */
  readonly types: readonly CatalogObject[];
  readonly columns: readonly CatalogObject[];
};

const namesOneOf = (text: unknown, names: Iterable<string>) =>
  typeof text === 'string' && [...names].some((name) => isNamedIn(text, name));

/** Domains and composite types that are made of these types, directly or by another. */
const withTypesOf = (enums: readonly CatalogObject[], now: Catalog): readonly CatalogObject[] => {
  const types = new Map(enums.map((type) => [type.identity, type]));
  const candidates = now.objects.filter(
    ({ kind, definition }) => kind === 'domain' || (kind === 'type' && definition['form'] === 'composite'),
  );
  for (let size = -1; size < types.size; ) {
    size = types.size;
    for (const one of candidates)
      if (!types.has(one.identity) && namesOneOf(one.definition['type'] ?? one.definition['attributes'], types.keys()))
        types.set(one.identity, one);
  }
  return [...types.values()];
};

const usersOf = (enums: readonly CatalogObject[], now: Catalog): Users => {
  const types = withTypesOf(enums, now);
  const names = types.map(({ identity }) => identity);
  const tables = new Set(now.objects.filter(({ kind }) => /table$/.test(kind)).map(({ identity }) => identity));
  const columns = now.objects.filter(
    ({ kind, identity, definition }) =>
      kind === 'column' && tables.has(parentOf(identity)) && namesOneOf(definition['type'], names),
  );
  return { types, columns };
};

/** The head of a function: its body is a text, which PostgreSQL reads again at each call, unless it is of BEGIN ATOMIC. */
const headOf = (definition: unknown) => String(definition ?? '').replace(/^AS (\$\w*\$|').*$/ms, '');

const textsOf = ({ kind, identity, definition }: CatalogObject): readonly unknown[] => {
  if (['function', 'procedure', 'window function'].includes(kind)) return [identity, headOf(definition['definition'])];
  const fields = ['definition', 'using', 'withCheck', 'tables', 'arguments', 'returns', 'stype', 'mstype', 'generated'];
  return [identity, ...fields.map((field) => definition[field])];
};

const namesColumn = (object: CatalogObject, columns: readonly CatalogObject[], table: string) =>
  columns
    .filter(({ identity }) => parentOf(identity) === table)
    .some(({ identity }) => namesOneOf(textsOf(object).slice(1).join('\n'), [lastPartOf(identity)]));

const madeOfViews = ['view', 'materialized view', 'rule'];
const byTypeAlone = [
  ...['function', 'procedure', 'window function', 'aggregate', 'operator', 'cast', 'statistics', 'publication'],
  ...['index', 'constraint', 'column', 'trigger', 'policy', ...madeOfViews],
];

const isOfColumns = (object: CatalogObject, columns: readonly CatalogObject[]): boolean => {
  const { kind, identity, definition } = object;
  if (kind === 'policy') return namesColumn(object, columns, parentOf(identity));
  if (kind === 'column') return Boolean(definition['generated']) && namesColumn(object, columns, parentOf(identity));
  // PostgreSQL refuses to retype a column that a trigger names, in its list or its condition.
  if (kind === 'trigger')
    return (
      / (WHEN \(|UPDATE OF )/.test(String(definition['definition'])) && namesColumn(object, columns, parentOf(identity))
    );
  return isForeignKeyOver(object, new Set(columns.map((column) => column.identity)));
};

/** Kinds without rows that PostgreSQL would not let a type go under, or a column change under. */
const dependentsOf = ({ types, columns }: Users, now: Catalog): readonly CatalogObject[] => {
  const names = new Set(types.map(({ identity }) => identity));
  const tables = new Set(columns.map(({ identity }) => parentOf(identity)));
  const isMoved = new Set(columns.map(keyOf));
  const candidates = now.objects.filter(
    (object) =>
      byTypeAlone.includes(object.kind) &&
      !(object.kind === 'index' && object.definition['constraint']) &&
      !(object.kind === 'column' && (isMoved.has(keyOf(object)) || !object.definition['generated'])),
  );
  const found = new Set<CatalogObject>();
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const object of candidates) {
      if (found.has(object)) continue;
      const isUser =
        namesOneOf(textsOf(object).join('\n'), names) ||
        (madeOfViews.includes(object.kind) && namesOneOf(object.definition['definition'], tables)) ||
        isOfColumns(object, columns);
      if (!isUser) continue;
      found.add(object);
      if (/function|view|aggregate/.test(object.kind)) names.add(object.identity.replace(/\(.*$/s, ''));
    }
  }
  return [...found];
};

/** A name that nothing has, in the same schema. */
const spareName = (identity: string, now: Catalog): string => {
  const taken = new Set(now.objects.map((object) => object.identity));
  // 50: a name has at most 63 bytes.
  const stem = `${unquote(lastPartOf(identity)).slice(0, 50)}_replaced`;
  for (let count = 1; ; count += 1) {
    const name = `"${`${stem}${count === 1 ? '' : `_${count}`}`.replaceAll('"', '""')}"`;
    const plain = name.replace(/^"([a-z_][a-z0-9_]*)"$/, '$1');
    if (!taken.has(`${parentOf(identity)}.${plain}`)) return plain;
  }
};

const wordFor = ({ kind }: CatalogObject) => (kind === 'domain' ? 'DOMAIN' : 'TYPE');

/** The statements that make objects that are not there. */
const statementsFor = (objects: readonly CatalogObject[], role: string | null) =>
  restoringSql({ added: [], removed: objects, changed: [] }, role).flatMap(({ statements }) => statements ?? []);

/** What puts a new type in the old one's place; `type` with the values that it has to have. */
const typeAnew = (type: CatalogObject, now: Catalog, role: string | null) => {
  const spare = spareName(type.identity, now);
  const parts = now.objects.filter(
    ({ kind, identity }) =>
      kind === 'domain constraint' && type.kind === 'domain' && parentOf(identity) === type.identity,
  );
  return {
    made: [`ALTER ${wordFor(type)} ${type.identity} RENAME TO ${spare}`, ...statementsFor([type, ...parts], role)],
    gone: `DROP ${wordFor(type)} ${parentOf(type.identity)}.${spare}`,
  };
};

const moveColumn = ({ identity, definition }: CatalogObject, isForeign: boolean) => {
  const name = lastPartOf(identity);
  // The rows of a foreign table are not ours to convert.
  const using = isForeign ? '' : ` USING ${name}::text::${definition['type']}`;
  return `ALTER TABLE ${parentOf(identity)} ALTER COLUMN ${name} TYPE ${definition['type']}${using}`;
};

/** Each default is taken away from its own table alone: a parent's would go over its children's. */
const defaultsOf = ({ types, columns }: Users, now: Catalog) => {
  const names = types.map(({ identity }) => identity);
  const tables = new Set(now.objects.filter(({ kind }) => kind === 'table').map(({ identity }) => identity));
  const only = columns.some(({ definition }) => definition['inheritedFrom']) ? 'ONLY ' : '';
  const having = now.objects.filter(
    ({ kind, identity, definition }) =>
      kind === 'column' &&
      tables.has(parentOf(identity)) &&
      definition['default'] &&
      namesOneOf(definition['default'], names),
  );
  const moved = columns.filter(({ definition }) => definition['default']);
  return [...new Set([...moved, ...having])].map(({ identity, definition }) => ({
    start: `ALTER TABLE ${only}${parentOf(identity)} ALTER COLUMN ${lastPartOf(identity)}`,
    value: definition['default'],
  }));
};

const replaceTypes = (
  enums: readonly ChangedObject[],
  users: Users,
  now: Catalog,
  role: string | null,
): Restoration => {
  const wanted = new Map(enums.map(({ identity, before }) => [identity, before]));
  const steps = users.types
    .map((type) => ({ ...type, definition: wanted.get(type.identity) ?? type.definition }))
    .map((type) => typeAnew(type, now, role));
  const foreign = new Set(now.objects.filter(({ kind }) => kind === 'foreign table').map(({ identity }) => identity));
  const defaults = defaultsOf(users, now);
  return {
    kind: 'type',
    identity: enums.map(({ identity }) => identity).join(', '),
    isWhole: true,
    statements: [
      ...defaults.map(({ start }) => `${start} DROP DEFAULT`),
      ...steps.flatMap(({ made }) => made),
      // What is inherited moves with its parent.
      ...users.columns
        .filter(({ definition }) => !definition['inheritedFrom'])
        .map((column) => moveColumn(column, foreign.has(parentOf(column.identity)))),
      ...defaults.map(({ start, value }) => `${start} SET DEFAULT ${value}`),
      ...steps.map(({ gone }) => gone).reverse(),
    ],
  };
};

/** Null where no enum type of `now` has values that it had not `before`. Rows that hold such a value make the statements fail. */
export const enumsAnew = (before: Catalog, now: Catalog, role: string | null): EnumsAnew | null => {
  const enums = differenceOf(before, now).changed.filter(
    ({ kind, before: had, fields }) =>
      kind === 'type' && had['form'] === 'enum' && fields.some(({ field }) => field === 'labels'),
  );
  if (enums.length === 0) return null;
  const users = usersOf(
    enums.map(({ kind, identity, after }) => ({ kind, identity, definition: after })),
    now,
  );
  const dependents = dependentsOf(users, now).map(madeAnew);
  return {
    dependents: { added: [], removed: [], changed: dependents },
    between: [replaceTypes(enums, users, now, role)],
  };
};
