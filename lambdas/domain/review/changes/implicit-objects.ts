/** Objects that PostgreSQL makes along with others, under names of its own: sequences of columns, indexes of constraints. */
import { nodeOf, nodesOf, qualified } from '#domain/sql/syntax';
import type { Changes, ColumnChange } from './change';
import { joinedName, namesGivenByPostgres } from './given-names';

type Implicit = { readonly kind: 'sequence' | 'index'; readonly identity: string };

/** pg_dump writes the name of an identity column's sequence out. */
const writtenSequence = (options: Parameters<typeof nodesOf>[0]): string | null => {
  const name = nodesOf(options, 'DefElem').find(({ defname }) => defname === 'sequence_name')?.arg;
  const parts = (nodeOf(name, 'List')?.items ?? []).map((part) => nodeOf(part, 'String')?.sval ?? '');
  return parts.length > 0 ? qualified(parts) : null;
};

const sequenceOf = ({ table, name }: Pick<ColumnChange, 'table' | 'name'>): Implicit => {
  const [schema = '', relation = ''] = table.split('.');
  return { kind: 'sequence', identity: `${schema}.${joinedName(relation, name, 'seq')}` };
};

export const implicitObjects = (changes: Changes): readonly Implicit[] => {
  const given = namesGivenByPostgres(changes);
  return [
    ...changes.columns.filter(({ isIdentity, baseType }) => isIdentity || /serial$/.test(baseType)).map(sequenceOf),
    ...changes.commands
      .filter(({ command }) => command.subtype === 'AT_AddIdentity')
      .map(({ table, command }) => {
        const written = writtenSequence(nodeOf(command.def, 'Constraint')?.options);
        return written
          ? ({ kind: 'sequence', identity: written } as const)
          : sequenceOf({ table, name: command.name ?? '' });
      }),
    ...changes.constraints
      .filter(({ kind, usingIndex }) => ['primary key', 'unique', 'exclusion'].includes(kind) && usingIndex === null)
      .map((constraint) => ({
        kind: 'index' as const,
        identity: `${constraint.table.split('.')[0]}.${constraint.name ?? given.get(constraint)}`,
      })),
  ];
};
