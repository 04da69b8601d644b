/** The names PostgreSQL gives to constraints and indexes that have none (ChooseRelationName, ChooseConstraintName, makeObjectName). */
import type { ConstraintChange, ConstraintKind, IndexChange } from './change';

// NAMEDATALEN - 1.
const longestName = 63;

const labels: Readonly<Record<ConstraintKind, string>> = {
  'primary key': 'pkey',
  unique: 'key',
  check: 'check',
  'foreign key': 'fkey',
  exclusion: 'excl',
};

/** Both parts give way, the longer one first; the label stays whole. */
export const joinedName = (table: string, columns: string, label: string): string => {
  const available = longestName - label.length - 1 - (columns ? 1 : 0);
  let [tableLength, columnsLength] = [table.length, columns.length];
  while (tableLength + columnsLength > available) {
    if (tableLength > columnsLength) tableLength -= 1;
    else columnsLength -= 1;
  }
  return [table.slice(0, tableLength), columns.slice(0, columnsLength), label].filter(Boolean).join('_');
};

/** A CHECK is named after its column when it has only one; a primary key never is. */
const columnsPart = ({ kind, columns }: Pick<ConstraintChange, 'kind' | 'columns'>): string => {
  if (kind === 'primary key' || (kind === 'check' && columns.length !== 1)) return '';
  return columns.join('_');
};

type Unnamed = { readonly table: string; readonly columnsPart: string; readonly label: string };

const unnamedParts = (change: ConstraintChange | IndexChange): Unnamed => {
  const table = change.table.split('.')[1] ?? '';
  return 'kind' in change
    ? { table, columnsPart: columnsPart(change), label: labels[change.kind] }
    : { table, columnsPart: change.columns.map((column) => column ?? 'expr').join('_'), label: 'idx' };
};

type Nameable = ConstraintChange | IndexChange;

/** Names for those that have none, each different from all others of the file in the same schema. */
export const namesGivenByPostgres = ({
  constraints,
  indexes,
}: {
  readonly constraints: readonly ConstraintChange[];
  readonly indexes: readonly IndexChange[];
}): ReadonlyMap<Nameable, string> => {
  const all: readonly Nameable[] = [...constraints, ...indexes];
  const inSchema = (change: Nameable, name: string) => `${change.table.split('.')[0]}.${name}`;
  const taken = new Set(all.flatMap((change) => (change.name === null ? [] : [inSchema(change, change.name)])));
  const given = new Map<Nameable, string>();
  for (const change of all.filter(({ name }) => name === null)) {
    const { table, columnsPart: columns, label } = unnamedParts(change);
    let name = joinedName(table, columns, label);
    for (let attempt = 1; taken.has(inSchema(change, name)); attempt += 1)
      name = joinedName(table, columns, `${label}${attempt}`);
    taken.add(inSchema(change, name));
    given.set(change, name);
  }
  return given;
};
